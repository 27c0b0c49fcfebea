/** The credential is kept until the tab is closed. */
const STORED = 'estoque.credential';

/** @returns the credential of the session, which requests contain; empty if there is none */
export const credential = () => sessionStorage.getItem(STORED) ?? '';

export const storeCredential = (value: string) => sessionStorage.setItem(STORED, value);

export const deleteCredential = () => sessionStorage.removeItem(STORED);
