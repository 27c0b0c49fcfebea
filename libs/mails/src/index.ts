export { composeMail } from './compose-mail.js';
export { renderHtml, renderText, TEMPLATES, type Mail, type OrderMailKind } from './mails.js';
export { previewMail, renderMail, type MailPreview } from './mail-preview.js';
