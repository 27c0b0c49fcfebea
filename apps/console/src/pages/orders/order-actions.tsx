import type { components } from '@estoque/client';
import { Button, Checkbox, NumberInput, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, change } from '../../api.js';
import { useText, useTexts } from '../../i18n/language.js';
import type { OrderStatus } from '../../i18n/statuses.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { useSession } from '../../session/session.js';
import { texts } from './texts.js';

type Order = components['schemas']['OrderDto'];
type Line = Order['lines'][number];

/**
 * The statuses in which the buttons are shown (docs/domain.md). The API decides: it refuses what is no longer possible, with
 * the statuses that can follow.
 */
const CANCELLABLE: OrderStatus[] = ['pending', 'awaiting_payment', 'reserved', 'processed'];
const SHIPPABLE: OrderStatus[] = ['processed', 'partially_shipped'];
const RETURNABLE: OrderStatus[] = ['shipped', 'completed', 'partially_returned'];

const ACTIONS = {
  ship: { Dialog: ShipDialog, statuses: SHIPPABLE, scope: 'shipments:write' },
  complete: { Dialog: CompleteDialog, statuses: ['shipped'], scope: 'shipments:write' },
  return: { Dialog: ReturnDialog, statuses: RETURNABLE, scope: 'shipments:write' },
  cancel: { Dialog: CancelDialog, statuses: CANCELLABLE, scope: 'orders:write' },
} as const satisfies Record<string, { statuses: OrderStatus[]; [property: string]: unknown }>;

type Action = keyof typeof ACTIONS;

interface DialogProps {
  order: Order;
  onClose: () => void;
}

export function OrderActions({ order }: { order: Order }) {
  const text = useTexts(texts);
  const { may } = useSession();
  const [chosen, setChosen] = useState<Action>();
  const possible = (Object.keys(ACTIONS) as Action[]).filter((action) => {
    const { statuses, scope } = ACTIONS[action];
    return may(scope) && (statuses as OrderStatus[]).includes(order.status);
  });
  const Dialog = chosen && ACTIONS[chosen].Dialog;
  return (
    <>
      {possible.map((action) => (
        <Button key={action} variant="default" onClick={() => setChosen(action)}>
          {text[action].action}
        </Button>
      ))}
      {Dialog && <Dialog order={order} onClose={() => setChosen(undefined)} />}
    </>
  );
}

/** Header by which the API refuses a change of an order that has changed since it was shown. */
const ifMatch = ({ version }: Order) => ({ 'If-Match': `"${version}"` });

function CancelDialog({ order, onClose }: DialogProps) {
  const { cancel: text } = useTexts(texts);
  const [reason, setReason] = useState('');
  const body = reason.trim() === '' ? {} : { reason: reason.trim() };
  return (
    <ConfirmDialog
      title={text.title(order.id)}
      confirmLabel={text.action}
      isDangerous
      doneText={text.done}
      onClose={onClose}
      onConfirm={() =>
        change((header) =>
          api.POST('/v1/orders/{id}/cancel', {
            params: { path: { id: order.id }, header: { ...header, ...ifMatch(order) } },
            body,
          }),
        )
      }
    >
      <Text size="sm">{text.effect}</Text>
      <Textarea
        label={text.reason}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

/** Fields for a number of units of each line. @param leftOf how many units are possible */
function useUnits(lines: Line[], leftOf: (line: Line) => number, initial: (line: Line) => number) {
  const { ship: text } = useTexts(texts);
  const possible = lines.filter((line) => leftOf(line) > 0);
  const [quantities, setQuantities] = useState(
    () => new Map(possible.map((line) => [line.product_id, initial(line)])),
  );
  const units = [...quantities]
    .filter(([, quantity]) => quantity > 0)
    .map(([product_id, quantity]) => ({ product_id, quantity }));
  const fields = possible.map((line) => (
    <NumberInput
      key={line.product_id}
      label={text.units(line.sku)}
      description={line.name}
      min={0}
      max={leftOf(line)}
      allowDecimal={false}
      value={quantities.get(line.product_id)}
      onChange={(value) => setQuantities(new Map(quantities).set(line.product_id, Number(value)))}
    />
  ));
  return { units, fields };
}

function ShipDialog({ order, onClose }: DialogProps) {
  const { ship: text, carrier, tracking } = useTexts(texts);
  const left = ({ quantity, shipped }: Line) => quantity - shipped;
  const { units, fields } = useUnits(order.lines, left, left);
  const [details, setDetails] = useState({ carrier: '', tracking_number: '' });
  const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value.trim() !== ''));
  return (
    <ConfirmDialog
      title={text.title(order.id)}
      confirmLabel={text.confirm}
      isIncomplete={units.length === 0}
      doneText={text.done}
      onClose={onClose}
      onConfirm={() =>
        change((header) =>
          api.POST('/v1/orders/{id}/shipments', {
            params: { path: { id: order.id }, header: { ...header, ...ifMatch(order) } },
            body: { lines: units, ...given },
          }),
        )
      }
    >
      <Text size="sm">{text.effect}</Text>
      {fields}
      <TextInput
        label={carrier}
        maxLength={100}
        value={details.carrier}
        onChange={({ currentTarget: { value } }) => setDetails({ ...details, carrier: value })}
      />
      <TextInput
        label={tracking}
        maxLength={100}
        value={details.tracking_number}
        onChange={({ currentTarget: { value } }) => setDetails({ ...details, tracking_number: value })}
      />
    </ConfirmDialog>
  );
}

function ReturnDialog({ order, onClose }: DialogProps) {
  const { return: text } = useTexts(texts);
  const { reason: reasonLabel } = useText();
  const { units, fields } = useUnits(
    order.lines,
    ({ shipped, returned }) => shipped - returned,
    () => 0,
  );
  const [reason, setReason] = useState('');
  const [restock, setRestock] = useState(true);
  return (
    <ConfirmDialog
      title={text.title(order.id)}
      confirmLabel={text.confirm}
      isDangerous
      isIncomplete={units.length === 0 || reason.trim() === ''}
      doneText={text.done}
      onClose={onClose}
      onConfirm={() =>
        change((header) =>
          api.POST('/v1/orders/{id}/returns', {
            params: { path: { id: order.id }, header: { ...header, ...ifMatch(order) } },
            body: { lines: units, reason: reason.trim(), restock },
          }),
        )
      }
    >
      <Text size="sm">{text.effect}</Text>
      {fields}
      <TextInput
        label={reasonLabel}
        required
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <Checkbox
        label={text.restock}
        checked={restock}
        onChange={({ currentTarget }) => setRestock(currentTarget.checked)}
      />
    </ConfirmDialog>
  );
}

function CompleteDialog({ order, onClose }: DialogProps) {
  const { complete: text } = useTexts(texts);
  return (
    <ConfirmDialog
      title={text.title(order.id)}
      confirmLabel={text.action}
      isDangerous
      doneText={text.done}
      onClose={onClose}
      onConfirm={() =>
        change((header) =>
          api.POST('/v1/orders/{id}/complete', {
            params: { path: { id: order.id }, header: { ...header, ...ifMatch(order) } },
          }),
        )
      }
    >
      <Text size="sm">{text.effect}</Text>
    </ConfirmDialog>
  );
}
