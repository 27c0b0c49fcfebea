import { useTexts } from '../i18n/language.js';
import { ORDER_TONES, statusTexts, type OrderStatus as Status } from '../i18n/statuses.js';
import { StatusBadge } from './status-badge.js';

export function OrderStatus({ status }: { status: Status }) {
  const text = useTexts(statusTexts);
  return <StatusBadge tone={ORDER_TONES[status]}>{text[status]}</StatusBadge>;
}
