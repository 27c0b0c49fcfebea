import '@mantine/core/styles.layer.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RequestRefused } from './api.js';
import './console.css';
import { LanguageProvider } from './i18n/language.js';
import { AnnouncementProvider } from './parts/announcements.js';
import { router } from './router.js';
import { SessionProvider } from './session/session.js';
import { cssVariables, theme } from './theme.js';

const MAX_RETRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Lists change all the time. A page that is shown again reads them again.
      staleTime: 1_000,
      // An answer of the API does not get better by a repetition, except during an outage.
      retry: (count, error) =>
        count < MAX_RETRIES && (!(error instanceof RequestRefused) || error.problem.status === 503),
    },
  },
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <AnnouncementProvider>
            <SessionProvider>
              <RouterProvider router={router} />
            </SessionProvider>
          </AnnouncementProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);
