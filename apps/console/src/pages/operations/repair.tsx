import type { components } from '@estoque/client';
import { Button, Modal, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, change, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Loaded } from '../../parts/loaded.js';
import { useSession } from '../../session/session.js';
import { texts } from './repair-texts.js';

type Comparison = components['schemas']['LedgerComparisonDto'];

/** Shows the difference between the stock on hand of a product and its movements, and records it in the ledger. */
export function Repair({ productId }: { productId: number }) {
  const text = useTexts(texts);
  const { may } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  if (!may('operations:write')) return '–';
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={text.actionOf(productId)}
        onClick={() => setIsOpen(true)}
      >
        {text.action}
      </Button>
      {isOpen && <LoadedDialog productId={productId} onClose={() => setIsOpen(false)} />}
    </>
  );
}

interface DialogProps {
  productId: number;
  onClose: () => void;
}

function LoadedDialog({ productId, onClose }: DialogProps) {
  const text = useTexts(texts);
  const { close } = useText();
  const query = useQuery({
    queryKey: ['ledger-comparison', productId],
    queryFn: () =>
      dataOf(api.GET('/v1/operations/discrepancies/{id}', { params: { path: { id: productId } } })),
  });
  if (query.data?.correction) return <RepairDialog comparison={query.data} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title={text.title(productId)} closeButtonProps={{ 'aria-label': close }}>
      <Loaded query={query}>{() => <Text size="sm">{text.none}</Text>}</Loaded>
    </Modal>
  );
}

function RepairDialog({
  comparison: { product_id, booked, on_hand, correction },
  onClose,
}: {
  comparison: Comparison;
  onClose: () => void;
}) {
  const text = useTexts(texts);
  const format = useFormat();
  const [reason, setReason] = useState('');
  const { quantity = 0 } = correction ?? {};
  return (
    <ConfirmDialog
      title={text.title(product_id)}
      confirmLabel={text.confirm}
      isDangerous
      isIncomplete={reason.trim() === ''}
      doneText={text.done}
      onClose={onClose}
      onConfirm={() =>
        change((header) =>
          api.POST('/v1/operations/discrepancies/{id}/repair', {
            params: { path: { id: product_id }, header },
            body: { quantity, reason: reason.trim() },
          }),
        )
      }
    >
      <Text size="sm">{text.cause(format.number(booked), format.number(on_hand))}</Text>
      <Text size="sm">{text.effect(format.number(quantity), format.number(on_hand))}</Text>
      <Text size="sm">{text.afterwards}</Text>
      <TextInput
        label={text.reason}
        required
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
