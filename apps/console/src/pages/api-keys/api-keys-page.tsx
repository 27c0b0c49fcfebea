import type { components } from '@estoque/client';
import { Button, Code, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useText, useTexts } from '../../i18n/language.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Page } from '../../parts/page.js';
import { PagedTable } from '../../parts/paged-table.js';
import { StatusBadge } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

type ApiKey = components['schemas']['ApiKeyDto'];
type Role = NonNullable<components['schemas']['CreateApiKeyDto']['role']>;

const ROLES: readonly Role[] = ['clerk', 'warehouse', 'operator', 'admin', 'customer'];

const stateOf = ({ revoked_at, expires_at }: ApiKey) => {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && Date.parse(expires_at) <= Date.now() ? 'expired' : 'valid';
};

export function ApiKeysPage() {
  const text = useTexts(texts);
  const { pages } = useText();
  const [isCreating, setIsCreating] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey>();
  const [createdKey, setCreatedKey] = useState<string>();
  return (
    <Page
      title={pages.apiKeys}
      actions={<Button onClick={() => setIsCreating(true)}>{text.create.action}</Button>}
    >
      <PagedTable
        label={text.list}
        queryKey={['api-keys']}
        load={(cursor) => dataOf(api.GET('/v1/api-keys', { params: { query: { cursor } } }))}
        columns={[
          { accessorKey: 'name', header: text.name },
          { header: text.prefix, cell: ({ row }) => <code>{row.original.prefix}…</code> },
          {
            header: text.state,
            cell: ({ row }) => (
              <StatusBadge tone={stateOf(row.original) === 'valid' ? 'good' : 'neutral'}>
                {text.states[stateOf(row.original)]}
              </StatusBadge>
            ),
          },
          { header: text.scopes, cell: ({ row }) => row.original.scopes.join(', ') },
          { accessorKey: 'customer_email', header: text.customer },
          { header: text.created, cell: ({ row }) => <Time at={row.original.created_at} /> },
          {
            header: text.expires,
            cell: ({ row }) =>
              row.original.expires_at === null ? text.never : <Time at={row.original.expires_at} />,
          },
          {
            header: text.lastUsed,
            cell: ({ row }) =>
              row.original.last_used_at === null ? text.never : <Time at={row.original.last_used_at} />,
          },
          {
            header: text.actions,
            cell: ({ row }) =>
              stateOf(row.original) === 'valid' ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={text.revoke.label(row.original.name)}
                  onClick={() => setRevoked(row.original)}
                >
                  {text.revoke.action}
                </Button>
              ) : (
                '–'
              ),
          },
        ]}
        rowKey={({ id }) => id}
        empty={text.empty}
      />
      {isCreating && <CreateDialog onCreated={setCreatedKey} onClose={() => setIsCreating(false)} />}
      {createdKey !== undefined && <CreatedKey value={createdKey} onClose={() => setCreatedKey(undefined)} />}
      {revoked && (
        <ConfirmDialog
          title={text.revoke.title(revoked.name)}
          confirmLabel={text.revoke.action}
          isDangerous
          doneText={text.revoke.done}
          onClose={() => setRevoked(undefined)}
          onConfirm={() =>
            dataOf(api.POST('/v1/api-keys/{id}/revoke', { params: { path: { id: revoked.id } } }))
          }
        >
          <Text size="sm">{text.revoke.effect}</Text>
        </ConfirmDialog>
      )}
    </Page>
  );
}

function CreateDialog({ onCreated, onClose }: { onCreated: (key: string) => void; onClose: () => void }) {
  const { create: text, ...labels } = useTexts(texts);
  const { signIn } = useText();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('clerk');
  const [email, setEmail] = useState('');
  const [expires, setExpires] = useState('');
  const isCustomer = role === 'customer';
  return (
    <ConfirmDialog
      title={text.title}
      confirmLabel={text.action}
      isIncomplete={name.trim() === '' || (isCustomer && email.trim() === '')}
      doneText={text.done}
      onClose={onClose}
      onConfirm={async () => {
        const body = {
          name: name.trim(),
          role,
          ...(isCustomer && { customer_email: email.trim() }),
          ...(expires !== '' && { expires_at: new Date(expires).toISOString() }),
        };
        const { key } = await dataOf(api.POST('/v1/api-keys', { body }));
        onCreated(key);
      }}
    >
      <TextInput
        label={labels.name}
        required
        maxLength={100}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <NativeSelect
        label={labels.role}
        value={role}
        data={ROLES.map((value) => ({ value, label: signIn.roles[value] }))}
        onChange={({ currentTarget }) => setRole(currentTarget.value as Role)}
      />
      {isCustomer && (
        <TextInput
          type="email"
          label={text.email}
          required
          value={email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
      )}
      <TextInput
        type="datetime-local"
        label={text.expires}
        value={expires}
        onChange={({ currentTarget }) => setExpires(currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

function CreatedKey({ value, onClose }: { value: string; onClose: () => void }) {
  const { create: text } = useTexts(texts);
  const { close, copy } = useText();
  return (
    <Modal opened onClose={onClose} title={text.done} closeButtonProps={{ 'aria-label': close }}>
      <Stack>
        <Text size="sm">{text.shownOnce}</Text>
        <Code block>{value}</Code>
        <Button variant="default" onClick={() => void navigator.clipboard.writeText(value)}>
          {copy}
        </Button>
      </Stack>
    </Modal>
  );
}
