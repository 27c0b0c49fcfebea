import type { components } from '@estoque/client';
import type { Tone } from '../../parts/status-badge.js';

export type State = components['schemas']['DeadLetterDto']['state'];

export const TONES: Record<State, Tone> = {
  open: 'bad',
  replaying: 'busy',
  replayed: 'good',
  discarded: 'neutral',
};

export const STATES = Object.keys(TONES) as State[];
