import type { components } from '@estoque/client';
import type { Tone } from '../parts/status-badge.js';
import { defineTexts } from './texts.js';

export type OrderStatus = components['schemas']['OrderDto']['status'];

/** Names of states that several pages show. */
export const statusTexts = defineTexts({
  en: {
    pending: 'pending',
    awaiting_payment: 'awaiting payment',
    reserved: 'reserved',
    processed: 'processed',
    partially_shipped: 'partially shipped',
    shipped: 'shipped',
    completed: 'completed',
    rejected: 'rejected',
    cancelled: 'cancelled',
    partially_returned: 'partially returned',
    returned: 'returned',
    notified: 'notified',
  },
  'pt-BR': {
    pending: 'pendente',
    awaiting_payment: 'aguardando pagamento',
    reserved: 'reservado',
    processed: 'processado',
    partially_shipped: 'parcialmente enviado',
    shipped: 'enviado',
    completed: 'concluído',
    rejected: 'rejeitado',
    cancelled: 'cancelado',
    partially_returned: 'parcialmente devolvido',
    returned: 'devolvido',
    notified: 'notificado',
  },
});

export const ORDER_TONES: Record<OrderStatus, Tone> = {
  pending: 'busy',
  awaiting_payment: 'busy',
  reserved: 'busy',
  processed: 'good',
  partially_shipped: 'good',
  shipped: 'good',
  completed: 'good',
  rejected: 'bad',
  cancelled: 'neutral',
  partially_returned: 'warning',
  returned: 'warning',
};

export const ORDER_STATUSES = Object.keys(ORDER_TONES) as OrderStatus[];
