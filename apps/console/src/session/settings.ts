/** What the server tells a user who has not signed in (apps/api/src/console/console.ts). */
export interface Settings {
  environment: 'development' | 'production';
  /** Whether the failure lab of `npm start` can be used. */
  has_lab: boolean;
  identity_provider: { issuer: string; client_id: string; audience: string } | null;
  /** API keys by role. Only in development, for a browser on the same machine. */
  development_keys: Record<string, string>;
}

export async function loadSettings(): Promise<Settings> {
  // The page preloads it with the same credentials mode.
  const response = await fetch('/settings.json', { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`/settings.json returned ${response.status}`);
  return (await response.json()) as Settings;
}
