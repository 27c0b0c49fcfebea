import { useTexts } from '../../i18n/language.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { texts } from './texts.js';

interface Props {
  product: { active: boolean; available: number; on_hand: number; reorder_point: number };
}

/** The stock of a product in one word. */
export function LevelBadge({ product: { active, available, on_hand, reorder_point } }: Props) {
  const { levels } = useTexts(texts);
  if (!active) return <StatusBadge tone="neutral">{levels.inactive}</StatusBadge>;
  if (available === 0) return <StatusBadge tone="bad">{levels.out}</StatusBadge>;
  if (on_hand <= reorder_point) return <StatusBadge tone="warning">{levels.low}</StatusBadge>;
  return <StatusBadge tone="good">{levels.ok}</StatusBadge>;
}
