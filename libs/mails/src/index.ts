export {
  lowStockMail,
  orderMail,
  renderHtml,
  renderText,
  TEMPLATES,
  type Mail,
  type OrderMailKind,
} from './mails.js';
export { previewMail, type MailPreview } from './mail-preview.js';
