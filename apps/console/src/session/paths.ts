/** Path to which the identity provider sends the user back. */
export const CALLBACK_PATH = '/signed-in';
