import type { components } from '@estoque/client';
import { useTexts } from '../../i18n/language.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { texts } from './texts.js';

type Status = components['schemas']['PaymentDto']['status'];

const TONES: Record<Status, Tone> = {
  requested: 'busy',
  pending: 'busy',
  captured: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};

export function PaymentStatus({ status }: { status: Status }) {
  const { statuses } = useTexts(texts);
  return <StatusBadge tone={TONES[status]}>{statuses[status]}</StatusBadge>;
}
