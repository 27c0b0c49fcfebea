import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { Frame } from './frame.js';
import { NAVIGATION } from './navigation.js';
import { NotFoundPage } from './parts/not-found.js';
import { useAccess } from './session/access.js';

const rootRoute = createRootRoute({
  component: Frame,
  notFoundComponent: NotFoundPage,
  // Filters and cursors: every page reads its own ones (useFilters).
  validateSearch: (search): Record<string, string | undefined> => search as Record<string, string>,
});
const getParentRoute = () => rootRoute;

function FirstPage() {
  const { isAllowed } = useAccess();
  const first = NAVIGATION.find(isAllowed);
  return first ? <Navigate to={first.path} replace /> : <NotFoundPage />;
}

/** The code of a page is loaded when the page is shown, or the pointer is on a link to it, for the first time. */
const routes = [
  createRoute({ getParentRoute, path: '/', component: FirstPage }),
  createRoute({
    getParentRoute,
    path: '/flow',
    component: lazyRouteComponent(() => import('./pages/flow/flow-page.js'), 'FlowPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orders/$id/journey',
    component: lazyRouteComponent(() => import('./pages/journey/journey-page.js'), 'JourneyPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orders',
    component: lazyRouteComponent(() => import('./pages/orders/orders-page.js'), 'OrdersPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/orders/$id',
    component: lazyRouteComponent(() => import('./pages/orders/order-page.js'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/stock',
    component: lazyRouteComponent(() => import('./pages/stock/stock-page.js'), 'StockPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/stock/$id',
    component: lazyRouteComponent(() => import('./pages/stock/product-page.js'), 'ProductPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/dead-letters',
    component: lazyRouteComponent(
      () => import('./pages/dead-letters/dead-letters-page.js'),
      'DeadLettersPage',
    ),
  }),
  createRoute({
    getParentRoute,
    path: '/dead-letters/$id',
    component: lazyRouteComponent(() => import('./pages/dead-letters/dead-letter-page.js'), 'DeadLetterPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/notifications',
    component: lazyRouteComponent(
      () => import('./pages/notifications/notifications-page.js'),
      'NotificationsPage',
    ),
  }),
  createRoute({
    getParentRoute,
    path: '/payments',
    component: lazyRouteComponent(() => import('./pages/payments/payments-page.js'), 'PaymentsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/payments/$id',
    component: lazyRouteComponent(() => import('./pages/payments/payment-page.js'), 'PaymentPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/webhooks',
    component: lazyRouteComponent(() => import('./pages/webhooks/webhooks-page.js'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/webhooks/$id',
    component: lazyRouteComponent(() => import('./pages/webhooks/webhook-page.js'), 'WebhookPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/operations',
    component: lazyRouteComponent(() => import('./pages/operations/operations-page.js'), 'OperationsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/audit-log',
    component: lazyRouteComponent(() => import('./pages/audit-log/audit-log-page.js'), 'AuditLogPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/api-keys',
    component: lazyRouteComponent(() => import('./pages/api-keys/api-keys-page.js'), 'ApiKeysPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/lab',
    component: lazyRouteComponent(() => import('./pages/lab/lab-page.js'), 'LabPage'),
  }),
];

export const router = createRouter({
  routeTree: rootRoute.addChildren(routes),
  defaultPreload: 'intent',
  scrollRestoration: true,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch(search) {
    const entries = Object.entries(search as Record<string, string | undefined>).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    );
    return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`;
  },
});
