// Written by `npm run docs` from docs/openapi.json.
export interface paths {
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders, newest first
         * @description Requires the scope `orders:read`.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Place an order
         * @description Stores the order and returns it as `pending`. Stock is reserved and deducted asynchronously; poll the URL in `Location` for the result. Requires the scope `orders:write`.
         */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the orders of the last 24 hours by status
         * @description Requires the scope `orders:read`.
         */
        get: operations["countOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an order with its status and timeline
         * @description Requires the scope `orders:read`.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an order
         * @description Possible until the order is shipped. Reserved stock is released; stock that was deducted is on hand again. The operation is idempotent. Requires the scope `orders:write`.
         */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/journey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get everything that happened to an order
         * @description The request, steps, messages, stock movements, payment attempts, mails, webhooks and dead letters of the order, with their times and the process that did it. A `delivery` is one that had no effect: it was a duplicate, was retried, or was dead-lettered; the latest 100,000 of all orders are kept. A `republication` is the last one by the watchdog in the present status. It contains no personal data. Steps and mails that were deleted by the retention are missing. Requires the scope `operations:read`.
         */
        get: operations["getOrderJourney"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch the events of orders
         * @description Server-sent events. `order`: an event of an order; a customer gets those of their own orders. `lost`: the client has missed events, because it read too slowly or was not connected; `count` is null if it is not known how many. `rate`: above 100 events a second, only their number is sent, every five seconds; the events of one order are still sent if `order_id` is given. A comment is sent every 15 seconds. The stream ends when the process stops or the credential is no longer valid: connect again. Requires the scope `orders:read`.
         */
        get: operations["watchOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/shipments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ship an order, or a part of it
         * @description Possible when the order is `processed`. It is `partially_shipped` until all of its units are shipped, and then `shipped`. The customer gets a mail for each shipment. Requires the scope `shipments:write`.
         */
        post: operations["shipOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a return of shipped units
         * @description Possible when the order is `shipped` or `completed`. It is `partially_returned` until all of its units are returned, and then `returned`. With `restock`, the units are on hand again. The customer gets a mail for each return. Requires the scope `shipments:write`.
         */
        post: operations["returnOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete an order
         * @description Possible when the order is `shipped`. An order is completed by itself some time after its last shipment (`COMPLETE_AFTER_SECONDS`, 14 days by default). The operation is idempotent. Requires the scope `shipments:write`.
         */
        post: operations["completeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products, newest first
         * @description Requires the scope `stock:read`.
         */
        get: operations["listProducts"];
        put?: never;
        /**
         * Create a product with no stock
         * @description Requires the scope `products:write`.
         */
        post: operations["createProduct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a product
         * @description Requires the scope `stock:read`.
         */
        get: operations["getProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change fields of a product
         * @description Requires the scope `products:write`.
         */
        patch: operations["changeProduct"];
        trace?: never;
    };
    "/v1/products/{id}/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the stock of a product
         * @description Requires the scope `stock:read`.
         */
        get: operations["getStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the active reservations of a product, the one that expires first at the beginning
         * @description Requires the scope `stock:read`.
         */
        get: operations["listReservations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}/stock/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record received goods
         * @description Requires the scope `stock:write`.
         */
        post: operations["receiveStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}/stock/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Correct the quantity on hand
         * @description The quantity on hand cannot fall below the reserved quantity. Requires the scope `stock:write`.
         */
        post: operations["adjustStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}/stock/movements/{movement_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a stock movement
         * @description Requires the scope `stock:read`.
         */
        get: operations["getMovement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/products/{id}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the stock movements of a product, newest first
         * @description Requires the scope `stock:read`.
         */
        get: operations["listMovements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products with their stock, newest first
         * @description Requires the scope `stock:read`.
         */
        get: operations["listStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List mails, newest first
         * @description Requires the scope `notifications:read`.
         */
        get: operations["listNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview a kind of mail
         * @description Renders the mail in the language, with an order or product that does not exist. Requires the scope `notifications:read`.
         */
        get: operations["previewNotification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/{id}/mail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the text of a mail
         * @description Renders the mail again. It contains what the order is now: a name that was changed or erased since is different from that of the mail. Requires the scope `notifications:read`.
         */
        get: operations["getMail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notifications/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a mail again
         * @description Possible in the states `sent`, `failed` and `withheld`. The new mail has a Message-ID of its own. It counts for the maximum number of mails to its recipient within an hour. Requires the scope `operations:write`.
         */
        post: operations["resendNotification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{email}/mail-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get which mails a customer gets
         * @description Requires the scope `notifications:read`.
         */
        get: operations["getMailSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change which mails a customer gets
         * @description A customer can opt out of the mails that are not transactional. A mail that is already recorded is still sent. Requires the scope `notifications:write`.
         */
        patch: operations["changeMailSettings"];
        trace?: never;
    };
    "/v1/customers/{email}/mail-settings/suppression": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send no more mails to an address
         * @description For bounces that arrive after the mail server had accepted the mail. An address that the mail server refuses because it does not exist is suppressed by itself. Mails to it are recorded as `failed`. The operation is idempotent: the first reason stays. Requires the scope `operations:write`.
         */
        post: operations["suppressMails"];
        /**
         * Send mails to an address again
         * @description Mails that failed meanwhile are sent by `POST /v1/notifications/{id}/resend`. Requires the scope `operations:write`.
         */
        delete: operations["endMailSuppression"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List payments, newest first
         * @description Requires the scope `payments:read`.
         */
        get: operations["listPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a payment with its attempts and refunds
         * @description Requires the scope `payments:read`.
         */
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund a payment, or a part of it
         * @description The payment gateway is asked for the refund asynchronously. A cancelled order needs no request: what was captured for it is refunded. The order does not change. Requires the scope `payments:write`.
         */
        post: operations["refundPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/webhooks/simulated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive a webhook of the simulated gateway
         * @description Called by the payment gateway when a payment has changed. The signature of the body is the credential; it is valid for five minutes. payment-worker then asks the gateway for the state of the payment, so the sequence and the number of calls do not matter.
         */
        post: operations["receiveSimulatedWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/webhooks/stripe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receive a webhook of Stripe
         * @description Called by the payment gateway when a payment has changed. The signature of the body is the credential; it is valid for five minutes. payment-worker then asks the gateway for the state of the payment, so the sequence and the number of calls do not matter.
         */
        post: operations["receiveStripeWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List dead letters (messages that could not be handled), newest first
         * @description Requires the scope `operations:read`.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List groups of open dead letters with the same cause, largest first
         * @description Dead letters of a group have the same queue, event and reason, and their errors differ only in numbers, UUIDs and quoted texts. Requires the scope `operations:read`.
         */
        get: operations["listDeadLetterGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count the open dead letters that match a filter
         * @description The number that `POST /v1/dead-letters/replay` and `/discard` select with the same filter. With `text`, the content of all of them is searched, which can take some seconds. Requires the scope `operations:read`.
         */
        get: operations["countDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay all open dead letters that match a filter, in the background
         * @description Creates a job that publishes each message to its original queue, oldest first, at most 100 a second. Poll the URL in `Location` for its progress. Requires the scope `operations:write`.
         */
        post: operations["replayDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard all open dead letters that match a filter, in the background
         * @description Creates a job; poll the URL in `Location` for its progress. Discarded dead letters can still be read until they are pruned. Requires the scope `operations:write`.
         */
        post: operations["discardDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a dead letter with the beginning of its body
         * @description Requires the scope `operations:read`.
         */
        get: operations["getDeadLetter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/body": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the unmodified body of a dead letter
         * @description At most 1 MiB from `offset`; `body_bytes` of the dead letter is the size of the whole body. Requires the scope `operations:read`.
         */
        get: operations["getDeadLetterBody"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/order-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the other events of the order of a dead letter, and whether they can be handled
         * @description A replay of many dead letters publishes the events of an order in their sequence. Requires the scope `operations:read`.
         */
        get: operations["listOrderEventsOfDeadLetter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a dead letter
         * @description Publishes the unmodified message to its original queue, with its attempts reset. If it fails again, the dead letter becomes open again. Requires the scope `operations:write`.
         */
        post: operations["replayDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/check-body": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compare a body with the contract of the event of a dead letter
         * @description Changes nothing. Requires the scope `operations:read`.
         */
        post: operations["checkDeadLetterBody"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what a replay of a dead letter would do
         * @description The process that consumes the queue runs the handler of the message in a transaction that is rolled back. Nothing is published and no payment gateway is asked. The answer describes the present: it can be another one when the message is replayed. Requires the scope `operations:read`.
         */
        post: operations["dryRunDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/edit-and-replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay a dead letter with another body
         * @description Publishes the body to the original queue instead of that of the dead letter, with the same properties and headers. The body must satisfy the contract of the event. The original is kept, and the edited message is stored as a dead letter that refers to it. Requires the scope `operations:write`.
         */
        post: operations["editAndReplayDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard a dead letter; it can still be read until it is pruned
         * @description Requires the scope `operations:write`.
         */
        post: operations["discardDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/discrepancies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare the stock of a product with its ledger, and show the movement that would repair it
         * @description Compares the present stock, not that of the last audit. Requires the scope `operations:read`.
         */
        get: operations["compareLedger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/discrepancies/{id}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record the difference between the stock on hand of a product and its movements
         * @description Writes a movement with the difference, marked as a correction. The stock on hand does not change. If the ledger was right and the stock was not, adjust the stock afterwards. Requires the scope `operations:write`.
         */
        post: operations["repairDiscrepancy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/dead-letter-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the jobs that replay or discard dead letters, newest first
         * @description Requires the scope `operations:read`.
         */
        get: operations["listDeadLetterJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/dead-letter-jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a job with its progress
         * @description Requires the scope `operations:read`.
         */
        get: operations["getDeadLetterJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/dead-letter-jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a job
         * @description Dead letters that it has handled stay handled, and at most 20 more are handled. Requires the scope `operations:write`.
         */
        post: operations["cancelDeadLetterJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/stuck-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List stuck orders
         * @description Orders whose events the watchdog has republished at least three times and that have still not progressed. Requires the scope `operations:read`.
         */
        get: operations["listStuckOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the last audit of the stock ledger
         * @description The audit that finished last. order-worker audits periodically; `POST` requests an audit now. An audit recomputes stock from movements and reservations. Nothing is repaired. Requires the scope `operations:read`.
         */
        get: operations["getLastAudit"];
        put?: never;
        /**
         * Request an audit of the stock ledger
         * @description order-worker runs the audit in the background. If an audit is requested or running already, it is returned. Poll the URL in `Location` for the result. Requires the scope `operations:write`.
         */
        post: operations["requestAudit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/audits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audits of the stock ledger, newest first
         * @description The last 100 audits are kept. Requires the scope `operations:read`.
         */
        get: operations["listAudits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/audits/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an audit of the stock ledger
         * @description The last 100 audits are kept. Requires the scope `operations:read`.
         */
        get: operations["getAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the depth and lag of the outbox
         * @description Requires the scope `operations:read`.
         */
        get: operations["measureOutbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/flow": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get queues, processes and outbox
         * @description Where messages are at the moment, which processes handle them, and what is wrong. Measured every two seconds at most. Each process reports itself every five seconds; rates are those of the last ten seconds. Requires the scope `operations:read`.
         */
        get: operations["getFlow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/flow/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the flow of the last 15 minutes or 24 hours
         * @description Samples for charts: every ten seconds for `15m`, every five minutes for `24h`. A sample is missing if no api was running. Requires the scope `operations:read`.
         */
        get: operations["getFlowHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the configuration of the API and the migrations of the database
         * @description Secrets are left out. Other replicas and the workers can have other values. Requires the scope `operations:read`.
         */
        get: operations["getConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get who calls, and what they may do
         * @description A page shows only what its user may do. The API refuses everything else in any case. Requires a valid credential.
         */
        get: operations["getSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys, newest first
         * @description Requires the scope `admin`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The response is the only place that shows the key: the system stores its SHA-256. The operation accepts no idempotency key, because a stored answer would contain the key. Requires the scope `admin`.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key
         * @description Requires the scope `admin`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an API key
         * @description Every replica refuses the key within 5 s. The operation is idempotent. Requires the scope `admin`.
         */
        post: operations["revokeApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes that users and API keys have made, newest first
         * @description Placing an order is not listed: the order is the record of it. Requires the scope `operations:read`.
         */
        get: operations["listAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/customers/{email}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the personal data of a customer
         * @description The orders of the customer, newest first, each with its mails, with who placed it and with what the customer has changed; and the API keys of the customer. Requires the scope `operations:read`.
         */
        get: operations["exportCustomerData"];
        put?: never;
        post?: never;
        /**
         * Erase the personal data of a customer
         * @description In the background. Orders, stock ledger and audit log stay, without the customer. Mails that wait to be sent are not sent. It cannot be undone. If an erasure of the customer is not finished yet, it is returned. Poll the URL in `Location` for the result. Requires the scope `admin`.
         */
        delete: operations["eraseCustomerData"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/erasures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an erasure of personal data with its progress
         * @description Requires the scope `operations:read`.
         */
        get: operations["getErasure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhook endpoints, newest first
         * @description Requires the scope `webhooks:write`.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Create a webhook endpoint
         * @description Requests to it are signed by Standard Webhooks. The response is the only place that shows the secret. The operation accepts no idempotency key, because a stored answer would contain the secret. Requires the scope `webhooks:write`.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook endpoint
         * @description Requires the scope `webhooks:write`.
         */
        get: operations["getWebhookEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook endpoint
         * @description Events that wait are not sent. Requires the scope `webhooks:write`.
         */
        delete: operations["deleteWebhookEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change the URL or the events of a webhook endpoint
         * @description Events that wait are sent to the new URL. Requires the scope `webhooks:write`.
         */
        patch: operations["changeWebhookEndpoint"];
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a webhook endpoint
         * @description The events that wait are sent, also those that were recorded while it was disabled. The operation is idempotent. Requires the scope `webhooks:write`.
         */
        post: operations["enableWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a webhook endpoint
         * @description Its events are recorded, and sent when it is enabled again. The operation is idempotent. Requires the scope `webhooks:write`.
         */
        post: operations["disableWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replace the secret of a webhook endpoint
         * @description Until the previous secret expires, each request has a signature by both. At most two secrets are valid. The operation accepts no idempotency key, because a stored answer would contain the secret. Requires the scope `webhooks:write`.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the events of a period of time again
         * @description At most 10,000 events that the endpoint has chosen, with the ids that they had. Events that still wait are left out. Requires the scope `webhooks:write`.
         */
        post: operations["replayWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the deliveries to an endpoint, newest first
         * @description Requires the scope `webhooks:write`.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a delivery with its requests and their answers
         * @description Requires the scope `webhooks:write`.
         */
        get: operations["getWebhookDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries/{delivery_id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the event of a delivery again
         * @description With the id that it had. An event that still waits is not sent twice. Requires the scope `webhooks:write`.
         */
        post: operations["replayWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        FieldErrorDto: {
            /**
             * @description JSON pointer to the invalid field of the body. Each error has either `pointer` or `parameter`.
             * @example /items/0/quantity
             */
            pointer?: string;
            /**
             * @description Name of the invalid parameter of the query, the path or the headers.
             * @example limit
             */
            parameter?: string;
            /**
             * @description Stable error code for programs.
             * @example too_small
             */
            code: string;
            /** @example must not be less than 1 */
            message: string;
        };
        ProblemDto: {
            /**
             * @description Address of the code on the page about errors, relative to this server.
             * @example /docs/errors#validation_failed
             */
            type: string;
            /** @example The request is invalid */
            title: string;
            /** @example 422 */
            status: number;
            /**
             * @description Stable error code for programs.
             * @example validation_failed
             */
            code: string;
            /** @example The request has 1 validation error. */
            detail: string;
            errors: components["schemas"]["FieldErrorDto"][];
        };
        CustomerDto: {
            /** @example Ana Souza */
            name: string;
            /**
             * Format: email
             * @example ana@example.com
             */
            email: string;
        };
        OrderItemDto: {
            /** @example 10 */
            product_id: number;
            /** @example 2 */
            quantity: number;
        };
        OrderPaymentDto: {
            /**
             * @description Token of the payment gateway for the customer's means of payment.
             * @example tok_ok
             */
            method: string;
        };
        PlaceOrderDto: {
            customer: components["schemas"]["CustomerDto"];
            /** @description Quantities of items with the same product are added up in one line of the order. */
            items: components["schemas"]["OrderItemDto"][];
            /**
             * @description Language of the mails about this order.
             * @default en
             * @example pt-BR
             * @enum {string}
             */
            locale?: "en" | "pt-BR";
            /**
             * @description Your own name for the order, for example a purchase order number. It is shown in the mails if it looks like one: at most two words and 40 characters, with a digit.
             * @example PO-2026-118
             */
            reference?: string;
            /**
             * @description Values of your own that are stored with the order: at most 50, with names of at most 40 characters.
             * @example {
             *       "channel": "web"
             *     }
             */
            metadata?: {
                [key: string]: string;
            };
            /** @description The total is captured after stock is reserved. Without it, the order is processed without a payment. */
            payment?: components["schemas"]["OrderPaymentDto"];
        };
        OrderLineDto: {
            /** @example 10 */
            product_id: number;
            /** @example CAF-250 */
            sku: string;
            /** @example Café torrado 250 g */
            name: string;
            /** @example 2 */
            quantity: number;
            /**
             * @description Units that were shipped so far.
             * @example 0
             */
            shipped: number;
            /**
             * @description Units of those that were returned so far.
             * @example 0
             */
            returned: number;
            /**
             * @description Price per unit at the time of ordering, in minor units.
             * @example 2490
             */
            unit_price: number;
            /**
             * @description Quantity times unit price, in minor units.
             * @example 4980
             */
            amount: number;
        };
        TotalsDto: {
            /**
             * @description Total number of units.
             * @example 2
             */
            quantity: number;
            /**
             * @description Total amount, in minor units.
             * @example 4980
             */
            amount: number;
            /**
             * @description ISO 4217.
             * @example BRL
             */
            currency: string;
        };
        LineRejectionDto: {
            /** @example 10 */
            product_id: number;
            /** @enum {string} */
            reason: "out_of_stock" | "product_inactive" | "payment_declined";
            /**
             * @description Ordered quantity.
             * @example 2
             */
            requested: number;
            /**
             * @description Quantity that was available at the time of the rejection.
             * @example 1
             */
            available: number;
        };
        OrderUnitsDto: {
            /** @example 10 */
            product_id: number;
            /** @example 2 */
            quantity: number;
        };
        ShipmentDto: {
            /** @example 17 */
            id: number;
            lines: components["schemas"]["OrderUnitsDto"][];
            /** @example Correios */
            carrier: string | null;
            /**
             * @description Null if there is none, or after the customer was erased.
             * @example QB123456785BR
             */
            tracking_number: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
        };
        ReturnDto: {
            /** @example 9 */
            id: number;
            lines: components["schemas"]["OrderUnitsDto"][];
            /**
             * @description Null after the customer was erased.
             * @example too small
             */
            reason: string | null;
            /**
             * @description Whether the units are on hand again.
             * @example true
             */
            restocked: boolean;
            /**
             * @description What the customer paid for the units, in minor units.
             * @example 2490
             */
            amount: number;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
        };
        TimelineEntryDto: {
            /** @enum {string} */
            step: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned" | "notified";
            /**
             * @description RFC 3339, UTC.
             * @example 2026-01-15T12:00:00.000Z
             */
            at: string;
        };
        OrderDto: {
            /**
             * @description Values that the customer stored with the order.
             * @example {
             *       "channel": "web"
             *     }
             */
            metadata: {
                [key: string]: string;
            };
            /** @example 123 */
            id: number;
            /**
             * @description Incremented by each change of the status. The header `ETag` contains it.
             * @example 3
             */
            version: number;
            /** @enum {string} */
            status: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
            customer: components["schemas"]["CustomerDto"];
            /** @example pt-BR */
            locale: string;
            /**
             * @description The customer's own name for the order, or null.
             * @example PO-2026-118
             */
            reference: string | null;
            lines: components["schemas"]["OrderLineDto"][];
            totals: components["schemas"]["TotalsDto"];
            /** @description The lines that caused the rejection. Null unless the order is rejected. */
            rejection: components["schemas"]["LineRejectionDto"][] | null;
            /**
             * @description `requested`: cancelled through the API. `expired`: the reservation expired. Null unless the order is cancelled.
             * @enum {string|null}
             */
            cancellation: "requested" | "expired" | null;
            /**
             * @description The reason that the caller gave for the cancellation, or null.
             * @example ordered twice
             */
            cancellation_reason: string | null;
            /** @description Oldest first. */
            shipments: components["schemas"]["ShipmentDto"][];
            /** @description Oldest first. */
            returns: components["schemas"]["ReturnDto"][];
            /** @description Steps in chronological order. Steps of an order that was closed more than RETENTION_DAYS ago may be deleted. */
            timeline: components["schemas"]["TimelineEntryDto"][];
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:00.000Z */
            updated_at: string;
        };
        OrderPageDto: {
            data: components["schemas"]["OrderDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        OrderCountDto: {
            /** @enum {string} */
            status: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
            /** @example 120 */
            count: number;
        };
        OrderCountsDto: {
            /**
             * @description Orders that were created at or after this time are counted.
             * @example 2026-01-15T12:00:00.000Z
             */
            since: string;
            data: components["schemas"]["OrderCountDto"][];
            /**
             * @description False if there are more orders than were counted: at most the newest 10,000 of each group of statuses.
             * @example true
             */
            is_complete: boolean;
        };
        CancelOrderDto: {
            /**
             * @description Why the order is cancelled. It is stored with the order.
             * @example ordered twice
             */
            reason?: string;
        };
        JourneySpanDto: {
            /**
             * @description Further facts, by kind.
             * @example {
             *       "product_id": 10,
             *       "quantity": -2
             *     }
             */
            detail: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            kind: "http_request" | "message" | "step" | "reservation" | "movement" | "shipment" | "return" | "outbox" | "payment_attempt" | "refund" | "mail" | "webhook" | "webhook_attempt" | "dead_letter" | "dead_letter_action" | "delivery" | "republication";
            /**
             * @description Status of a step, event of a message or delivery, kind of a mail or movement.
             * @example order.created
             */
            name: string;
            /**
             * @description Id of the mail, movement, webhook delivery, dead letter or delivery; null if it has none.
             * @example 12
             */
            id: number | null;
            /**
             * @description App that did it, or that handled the message. Null if several apps can.
             * @example order-worker
             */
            app: string | null;
            /**
             * @description Process that did it, or that handled the message. Null if that is not recorded.
             * @example order-worker-1f0c2a9e@order-worker-7d4b9
             */
            process: string | null;
            /**
             * @description Version of that process.
             * @example 1.4.0
             */
            version: string | null;
            /** @example 2026-01-15T12:00:00.010Z */
            started_at: string;
            /**
             * @description When the process received the message: until then, it waited. Null for other kinds, and if it is not recorded.
             * @example 2026-01-15T12:00:00.021Z
             */
            received_at: string | null;
            /**
             * @description Null if it has no duration, or has not ended. Of `http_request`: when the order was written; the commit and the answer follow.
             * @example 2026-01-15T12:00:00.034Z
             */
            finished_at: string | null;
            /** @example sent */
            outcome: string | null;
            /**
             * @description Trace that it belongs to; null if it was not traced.
             * @example 0af7651916cd43dd8448eb211c80319c
             */
            trace_id: string | null;
        };
        JourneyDto: {
            /** @example 123 */
            order_id: number;
            /** @enum {string} */
            status: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
            /**
             * @description Traces of the order, earliest first.
             * @example [
             *       "0af7651916cd43dd8448eb211c80319c"
             *     ]
             */
            trace_ids: string[];
            /**
             * @description Address of a trace, with `{trace_id}` in place of its id. Null unless TRACE_URL is set.
             * @example https://jaeger.example.com/trace/{trace_id}
             */
            trace_url: string | null;
            /** @description Earliest first. At most 200 of each kind. */
            spans: components["schemas"]["JourneySpanDto"][];
        };
        ShipOrderDto: {
            /** @description What is shipped. Quantities of entries with the same product are added up. Default: everything that is not shipped yet. */
            lines?: components["schemas"]["OrderUnitsDto"][];
            /**
             * @description The mail to the customer names it.
             * @example Correios
             */
            carrier?: string;
            /**
             * @description The mail to the customer names it.
             * @example QB123456785BR
             */
            tracking_number?: string;
        };
        ReturnOrderDto: {
            /** @description What came back. Quantities of entries with the same product are added up. */
            lines: components["schemas"]["OrderUnitsDto"][];
            /**
             * @description Why the units came back.
             * @example too small
             */
            reason: string;
            /**
             * @description Whether the units can be sold again: they are then on hand, with a movement of the kind `return`.
             * @example true
             */
            restock: boolean;
        };
        CreateProductDto: {
            /** @example Café torrado 250 g */
            name: string;
            /**
             * @description Unique stock keeping unit.
             * @example CAF-250
             */
            sku: string;
            /**
             * @description In minor units of the currency, for example cents.
             * @example 2490
             */
            price: number;
            /**
             * @description ISO 4217 currency code.
             * @example BRL
             */
            currency: string;
            /**
             * @description A low-stock alert is sent when the stock on hand falls to this value or below. Default: 0.
             * @example 10
             */
            reorder_point?: number;
            /**
             * @description If false, orders with the product are rejected. Default: true.
             * @example true
             */
            active?: boolean;
        };
        ProductDto: {
            /** @example 10 */
            id: number;
            /**
             * @description Incremented by each change. The header `ETag` contains it.
             * @example 3
             */
            version: number;
            /** @example CAF-250 */
            sku: string;
            /** @example Café torrado 250 g */
            name: string;
            /**
             * @description In minor units.
             * @example 2490
             */
            price: number;
            /** @example BRL */
            currency: string;
            /** @example 10 */
            reorder_point: number;
            /** @example true */
            active: boolean;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:00.000Z */
            updated_at: string;
        };
        ProductPageDto: {
            data: components["schemas"]["ProductDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        ChangeProductDto: {
            /** @example Café torrado 250 g */
            name?: string;
            /**
             * @description Unique stock keeping unit.
             * @example CAF-250
             */
            sku?: string;
            /**
             * @description In minor units of the currency, for example cents.
             * @example 2490
             */
            price?: number;
            /**
             * @description ISO 4217 currency code.
             * @example BRL
             */
            currency?: string;
            /**
             * @description A low-stock alert is sent when the stock on hand falls to this value or below. Default: 0.
             * @example 10
             */
            reorder_point?: number;
            /**
             * @description If false, orders with the product are rejected. Default: true.
             * @example true
             */
            active?: boolean;
        };
        StockDto: {
            /** @example 10 */
            product_id: number;
            /**
             * @description Quantity in the warehouse.
             * @example 48
             */
            on_hand: number;
            /**
             * @description Part of `on_hand` that is reserved for orders.
             * @example 3
             */
            reserved: number;
            /**
             * @description Quantity that can be reserved: `on_hand` minus `reserved`.
             * @example 45
             */
            available: number;
        };
        ReservationDto: {
            /** @example 123 */
            order_id: number;
            /** @example 2 */
            quantity: number;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /**
             * @description The reservation ends then, and its order is cancelled.
             * @example 2026-01-15T12:30:00.000Z
             */
            expires_at: string;
        };
        ReservationsDto: {
            data: components["schemas"]["ReservationDto"][];
        };
        ReceiptDto: {
            /** @example delivery 2026-118 */
            reason: string;
            /** @example 100 */
            quantity: number;
        };
        MovementDto: {
            /** @example 501 */
            id: number;
            /** @example 10 */
            product_id: number;
            /**
             * @description Order of a sale, a cancellation or a return, otherwise null.
             * @example 123
             */
            order_id: number | null;
            /** @enum {string} */
            kind: "receipt" | "adjustment" | "sale" | "cancellation" | "return";
            /**
             * @description Signed change of the quantity on hand; negative for a sale.
             * @example -2
             */
            quantity: number;
            /**
             * @description Quantity on hand after the movement.
             * @example 48
             */
            balance_after: number;
            /** @example order 123 */
            reason: string;
            /**
             * @description Whether the movement records a difference between the stock on hand and the movements before it. The stock on hand did not change.
             * @example false
             */
            is_correction: boolean;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
        };
        RecordedMovementDto: {
            /** @example 10 */
            product_id: number;
            /**
             * @description Quantity in the warehouse.
             * @example 48
             */
            on_hand: number;
            /**
             * @description Part of `on_hand` that is reserved for orders.
             * @example 3
             */
            reserved: number;
            /**
             * @description Quantity that can be reserved: `on_hand` minus `reserved`.
             * @example 45
             */
            available: number;
            movement: components["schemas"]["MovementDto"];
        };
        AdjustmentDto: {
            /** @example damaged in the warehouse */
            reason: string;
            /**
             * @description Signed change of the quantity on hand.
             * @example -3
             */
            quantity: number;
        };
        MovementPageDto: {
            data: components["schemas"]["MovementDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        StockedProductDto: {
            /** @example 10 */
            product_id: number;
            /**
             * @description Quantity in the warehouse.
             * @example 48
             */
            on_hand: number;
            /**
             * @description Part of `on_hand` that is reserved for orders.
             * @example 3
             */
            reserved: number;
            /**
             * @description Quantity that can be reserved: `on_hand` minus `reserved`.
             * @example 45
             */
            available: number;
            /** @example CAF-250 */
            sku: string;
            /** @example Café torrado 250 g */
            name: string;
            /** @example true */
            active: boolean;
            /** @example 10 */
            reorder_point: number;
            /**
             * @description Quantity on hand after each of the latest movements, at most 30, oldest first.
             * @example [
             *       50,
             *       48,
             *       45
             *     ]
             */
            balances: number[];
        };
        StockPageDto: {
            data: components["schemas"]["StockedProductDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        NotificationDto: {
            /** @example 77 */
            id: number;
            /**
             * @description Order that the mail is about, or null for a low-stock alert.
             * @example 123
             */
            order_id: number | null;
            /** @enum {string} */
            kind: "order_processed" | "order_rejected" | "order_cancelled" | "order_shipped" | "order_returned" | "order_refunded" | "payment_failed" | "low_stock";
            /** @example ana@example.com */
            recipient: string;
            /** @example pt-BR */
            locale: string;
            /**
             * @description `failed`: refused permanently, not sent after 12 attempts, or not sent because the address is suppressed. `withheld`: not sent, because the recipient had got the
             *     maximum number of mails within an hour.
             * @enum {string}
             */
            state: "pending" | "sent" | "failed" | "withheld";
            /**
             * @description Attempts that the mail server answered, or that failed unexpectedly. An outage of the mail server uses up none.
             * @example 1
             */
            attempts: number;
            /**
             * @description Error of the last attempt, or why the mail is withheld, or null. A customer does not see it.
             * @example 451 4.7.1 try again later
             */
            last_error: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:01.000Z */
            sent_at: string | null;
        };
        NotificationPageDto: {
            data: components["schemas"]["NotificationDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        MailPreviewDto: {
            /** @example Your order 123 is on its way */
            subject: string;
            /**
             * @description The HTML part.
             * @example <html lang=en>…</html>
             */
            html: string;
            /**
             * @description The plain-text part.
             * @example Hello Ana Souza, …
             */
            text: string;
        };
        MailSettingsDto: {
            /**
             * @description Kinds of mails that the customer does not want.
             * @example [
             *       "order_shipped"
             *     ]
             */
            opted_out: ("order_shipped" | "order_returned")[];
            /**
             * @description Since when no mail is sent to the address, because it refused one; null if it gets mails.
             * @example 2026-01-15T12:00:00.000Z
             */
            suppressed_at: string | null;
            /**
             * @description Why no mail is sent to the address, or null. A customer does not see it.
             * @example 550 5.1.1 user unknown
             */
            suppression: string | null;
        };
        ChangeMailSettingsDto: {
            /**
             * @description Kinds of mails that the customer does not want. All other kinds are sent.
             * @example [
             *       "order_shipped"
             *     ]
             */
            opted_out: ("order_shipped" | "order_returned")[];
        };
        SuppressDto: {
            /**
             * @description Why mails cannot reach the address.
             * @example 550 5.1.1 user unknown
             */
            reason: string;
        };
        PaymentDto: {
            /** @example 31 */
            id: number;
            /** @example 123 */
            order_id: number;
            /**
             * @description `requested`: the gateway was not asked yet, or its answer is not known. `pending`: the gateway decides later.
             *     `captured`: the money was taken. `failed`: declined. `cancelled`: never charged, because the order ended before.
             * @enum {string}
             */
            status: "requested" | "pending" | "captured" | "failed" | "cancelled";
            /**
             * @description Token of the payment gateway.
             * @example tok_ok
             */
            method: string;
            /**
             * @description Amount to be captured, in minor units.
             * @example 4980
             */
            amount: number;
            /**
             * @description Captured amount, in minor units.
             * @example 4980
             */
            captured: number;
            /**
             * @description Refunded amount, in minor units.
             * @example 0
             */
            refunded: number;
            /**
             * @description ISO 4217.
             * @example BRL
             */
            currency: string;
            /**
             * @description Why it was declined, or null.
             * @example insufficient_funds
             */
            failure: string | null;
            /**
             * @description The gateway's own id of the charge, or null.
             * @example pi_3Q
             */
            gateway_reference: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:01.000Z */
            updated_at: string;
        };
        PaymentPageDto: {
            data: components["schemas"]["PaymentDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        PaymentAttemptDto: {
            /** @example 2026-01-15T12:00:00.000Z */
            started_at: string;
            /**
             * @description Null while it is in progress, and after a crash.
             * @example 2026-01-15T12:00:01.000Z
             */
            finished_at: string | null;
            /**
             * @description Null while it is in progress, and after a crash.
             * @example captured
             * @enum {string|null}
             */
            outcome: "captured" | "declined" | "pending" | "unknown" | null;
            /**
             * @description Reason of a refusal, or what is known about an unclear answer.
             * @example insufficient_funds
             */
            detail: string | null;
        };
        RefundDto: {
            /** @example 7 */
            id: number;
            /**
             * @description Amount in minor units.
             * @example 4980
             */
            amount: number;
            /**
             * @description What caused it: `order cancelled`, or `request` for a request to this API.
             * @example request
             */
            cause: string;
            /**
             * @description The reason in the request, or null.
             * @example the customer got a damaged item
             */
            reason: string | null;
            /**
             * @description `failed`: the gateway refused it, and an operator has to give the money back.
             * @enum {string}
             */
            status: "requested" | "succeeded" | "failed";
            /**
             * @description Why the gateway refused it, or what is known about an unclear answer.
             * @example the charge is disputed
             */
            failure: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:01.000Z */
            finished_at: string | null;
        };
        PaymentDetailsDto: {
            /** @example 31 */
            id: number;
            /** @example 123 */
            order_id: number;
            /**
             * @description `requested`: the gateway was not asked yet, or its answer is not known. `pending`: the gateway decides later.
             *     `captured`: the money was taken. `failed`: declined. `cancelled`: never charged, because the order ended before.
             * @enum {string}
             */
            status: "requested" | "pending" | "captured" | "failed" | "cancelled";
            /**
             * @description Token of the payment gateway.
             * @example tok_ok
             */
            method: string;
            /**
             * @description Amount to be captured, in minor units.
             * @example 4980
             */
            amount: number;
            /**
             * @description Captured amount, in minor units.
             * @example 4980
             */
            captured: number;
            /**
             * @description Refunded amount, in minor units.
             * @example 0
             */
            refunded: number;
            /**
             * @description ISO 4217.
             * @example BRL
             */
            currency: string;
            /**
             * @description Why it was declined, or null.
             * @example insufficient_funds
             */
            failure: string | null;
            /**
             * @description The gateway's own id of the charge, or null.
             * @example pi_3Q
             */
            gateway_reference: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:01.000Z */
            updated_at: string;
            /** @description Requests to the gateway, oldest first: the last 100. */
            attempts: components["schemas"]["PaymentAttemptDto"][];
            refunds: components["schemas"]["RefundDto"][];
        };
        RefundRequestDto: {
            /** @example the customer got a damaged item */
            reason: string;
            /**
             * @description Amount in minor units. All that is not refunded yet, if omitted.
             * @example 1990
             */
            amount?: number;
        };
        DeadLetterDto: {
            /**
             * @description Error message of the last attempt; it can quote the message.
             * @example Unexpected end of JSON input
             */
            error: string;
            /** @example 7 */
            id: number;
            /**
             * @description Queue of the message.
             * @example order_queue
             */
            queue: string;
            /**
             * @description Routing key of the message.
             * @example order.created
             */
            event: string;
            /**
             * @description Stable code of the reason.
             * @example invalid_json
             */
            reason: string;
            /**
             * @description Number of attempts to handle the message.
             * @example 1
             */
            attempts: number;
            /** @enum {string} */
            state: "open" | "replaying" | "replayed" | "discarded";
            /**
             * @description How often the message was dead-lettered.
             * @example 1
             */
            dead_letter_count: number;
            /** @example 2026-01-15T12:00:00.000Z */
            first_seen: string;
            /** @example 2026-01-15T12:00:00.000Z */
            last_seen: string;
        };
        DeadLetterPageDto: {
            data: components["schemas"]["DeadLetterDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        DeadLetterGroupDto: {
            /**
             * @description Identifies the group: the value of the filter `group`.
             * @example 9e107d9d372bb6826bd81d3542a419d6
             */
            key: string;
            /** @example order_queue */
            queue: string;
            /** @example order.created */
            event: string;
            /** @example order_mismatch */
            reason: string;
            /**
             * @description Error with `#` for numbers, UUIDs and quoted texts.
             * @example The items in the message differ from those of order #.
             */
            error_pattern: string;
            /**
             * @description Number of open dead letters.
             * @example 12
             */
            count: number;
            /** @example 2026-01-15T12:00:00.000Z */
            first_seen: string;
            /** @example 2026-01-15T12:05:00.000Z */
            last_seen: string;
            /**
             * @description Id of the latest dead letter of the group.
             * @example 7
             */
            latest_id: number;
        };
        DeadLetterGroupsDto: {
            /** @description Largest group first, at most 100. */
            data: components["schemas"]["DeadLetterGroupDto"][];
        };
        DeadLetterCountDto: {
            /**
             * @description Number of open dead letters.
             * @example 12
             */
            count: number;
        };
        DeadLetterFilterDto: {
            /** @example order_queue */
            queue?: string;
            /** @example order.created */
            event?: string;
            /** @example bug */
            reason?: string;
            /**
             * @description Text in the body, the headers, the properties or the error, as in the list.
             * @example sku-42
             */
            text?: string;
            /**
             * @description Ids of dead letters.
             * @example [
             *       7,
             *       8
             *     ]
             */
            ids?: number[];
            /**
             * @description `key` of a group of dead letters.
             * @example 9e107d9d372bb6826bd81d3542a419d6
             */
            group?: string;
            /**
             * @description Order that the message is about.
             * @example 123
             */
            order_id?: number;
        };
        FilteredActionDto: {
            /**
             * @description Name of the operator, recorded with the action.
             * @example ana
             */
            by: string;
            /**
             * @description Why, recorded with the action.
             * @example the shop has fixed its messages
             */
            reason?: string;
            /** @description Selects open dead letters that match all given fields; `{}` selects all. */
            filter: components["schemas"]["DeadLetterFilterDto"];
        };
        DeadLetterJobFilterDto: {
            /** @example order_queue */
            queue?: string;
            /** @example order.created */
            event?: string;
            /** @example bug */
            reason?: string;
            /**
             * @description Key of a group.
             * @example 9e107d9d372bb6826bd81d3542a419d6
             */
            group?: string;
            /** @example 123 */
            order_id?: number;
            /** @example sku-42 */
            text?: string;
            /**
             * @example [
             *       7,
             *       8
             *     ]
             */
            ids?: number[];
        };
        DeadLetterJobDto: {
            /** @example 12 */
            id: number;
            /** @enum {string} */
            action: "replay" | "discard";
            /** @description Selects the dead letters of the job. */
            filter: components["schemas"]["DeadLetterJobFilterDto"];
            /**
             * @description Name of the operator who created the job.
             * @example ana
             */
            by: string;
            /**
             * @description The reason that the operator gave, or null.
             * @example the shop has fixed its messages
             */
            reason: string | null;
            /**
             * @description `pending`: waits for earlier jobs. `finished`: all selected dead letters were handled, successfully or not.
             * @enum {string}
             */
            state: "pending" | "running" | "finished" | "cancelled";
            /**
             * @description Number of open dead letters that matched when the job was created.
             * @example 120
             */
            total: number;
            /**
             * @description Number of dead letters that were replayed or discarded so far.
             * @example 118
             */
            done: number;
            /**
             * @description Number of dead letters that could not be replayed. They stay open.
             * @example 2
             */
            failed: number;
            /**
             * @description Last error, or null.
             * @example Dead letter 7 cannot be replayed: the system has no queue old_queue.
             */
            last_error: string | null;
            /**
             * @description Name of the operator who cancelled the job, or null.
             * @example rui
             */
            cancelled_by: string | null;
            /** @example 2026-01-15T12:05:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:05:00.000Z */
            started_at: string | null;
            /** @example 2026-01-15T12:05:02.000Z */
            finished_at: string | null;
        };
        EditDto: {
            /**
             * @description Id of the dead letter that stores the edited message.
             * @example 9
             */
            id: number;
            /**
             * @description Why the message was edited, or null if it was erased.
             * @example The shop sent the quantity as text.
             */
            reason: string | null;
            /** @example 2026-01-15T12:05:00.000Z */
            at: string;
        };
        RecordedActionDto: {
            /**
             * @description The reason that the operator gave, or null.
             * @example the shop has fixed its messages
             */
            reason: string | null;
            /** @enum {string} */
            action: "replayed" | "discarded";
            /**
             * @description Name of the operator.
             * @example ana
             */
            by: string;
            /** @example 2026-01-15T12:05:00.000Z */
            at: string;
        };
        DeadLetterDetailsDto: {
            /**
             * @description Error message of the last attempt; it can quote the message.
             * @example Unexpected end of JSON input
             */
            error: string;
            /** @example 7 */
            id: number;
            /**
             * @description Queue of the message.
             * @example order_queue
             */
            queue: string;
            /**
             * @description Routing key of the message.
             * @example order.created
             */
            event: string;
            /**
             * @description Stable code of the reason.
             * @example invalid_json
             */
            reason: string;
            /**
             * @description Number of attempts to handle the message.
             * @example 1
             */
            attempts: number;
            /** @enum {string} */
            state: "open" | "replaying" | "replayed" | "discarded";
            /**
             * @description How often the message was dead-lettered.
             * @example 1
             */
            dead_letter_count: number;
            /** @example 2026-01-15T12:00:00.000Z */
            first_seen: string;
            /** @example 2026-01-15T12:00:00.000Z */
            last_seen: string;
            /**
             * @description Where the error of the last attempt was thrown: the first lines of the stack. Null if it is not known.
             * @example at OrderConsumer.onOrderCreated (apps/order-worker/src/order.consumer.ts:24:13)
             */
            stack: string | null;
            /**
             * @description Headers that the publisher set.
             * @example {
             *       "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
             *     }
             */
            headers: {
                [key: string]: unknown;
            };
            /**
             * @description AMQP properties and the routing key of the message.
             * @example {
             *       "contentType": "application/json",
             *       "routingKey": "order.created"
             *     }
             */
            properties: {
                [key: string]: unknown;
            };
            /**
             * @description Size of the whole body, in bytes.
             * @example 24
             */
            body_bytes: number;
            /**
             * @description Whether `body_base64` is only the beginning of the body; `/body` returns all of it.
             * @example false
             */
            body_truncated: boolean;
            /**
             * @description First 65,536 bytes of the unmodified body, base64-encoded.
             * @example eyJldmVudCI6ICJvcmRlci5jcmVhdGVkIiwg
             */
            body_base64: string;
            /**
             * @description First 10,000 characters of the body, decoded as UTF-8.
             * @example {\event\: \order.created\,
             */
            body_text: string;
            /**
             * @description The dead letter that this message was published instead of, or null.
             * @example 5
             */
            edited_from: number | null;
            /**
             * @description Why the message was edited, or null.
             * @example The shop sent the quantity as text.
             */
            edit_reason: string | null;
            /** @description The latest 100 messages that were published instead of this one, oldest first. */
            edits: components["schemas"]["EditDto"][];
            /** @description The latest 100 actions, oldest first. */
            actions: components["schemas"]["RecordedActionDto"][];
        };
        OrderEventDto: {
            /** @example stock.reserve */
            event: string;
            /**
             * @description When the event occurred.
             * @example 2026-01-15T12:00:00.000Z
             */
            at: string;
            /**
             * @description Whether the event is earlier than that of the dead letter, later, or the same one.
             * @enum {string}
             */
            position: "earlier" | "this" | "later";
            /**
             * @description Dead letter of the event, or null.
             * @example 7
             */
            dead_letter_id: number | null;
            /** @enum {string|null} */
            dead_letter_state: "open" | "replaying" | "replayed" | "discarded" | null;
            /**
             * @description Whether the event can be handled in the present status of the order. If false, an earlier event must be handled first:
             *     until then, the event is refused, retried and dead-lettered again.
             * @example true
             */
            is_safe: boolean;
        };
        OrderEventsDto: {
            /**
             * @description Order that the message is about, or null if it is about none.
             * @example 123
             */
            order_id: number | null;
            /** @enum {string|null} */
            status: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned" | null;
            /** @description Events that the order has had, and the latest 100 dead letters about it, in their sequence. */
            data: components["schemas"]["OrderEventDto"][];
        };
        ReasonedActionDto: {
            /**
             * @description Name of the operator, recorded with the action.
             * @example ana
             */
            by: string;
            /**
             * @description Why, recorded with the action.
             * @example the shop has fixed its messages
             */
            reason?: string;
        };
        DeadLetterActionDto: {
            /** @enum {string} */
            action: "replayed" | "discarded";
            /**
             * @description Name of the operator.
             * @example ana
             */
            by: string;
            /** @example 2026-01-15T12:05:00.000Z */
            at: string;
        };
        ClosedDeadLetterDto: {
            /** @description The latest 100 actions, oldest first. */
            actions: components["schemas"]["DeadLetterActionDto"][];
            /**
             * @description Ids of the latest 100 dead letters that store the messages which were published instead of this one.
             * @example [
             *       9
             *     ]
             */
            edited_copies: number[];
            /** @example 7 */
            id: number;
            /**
             * @description Queue of the message.
             * @example order_queue
             */
            queue: string;
            /**
             * @description Routing key of the message.
             * @example order.created
             */
            event: string;
            /**
             * @description Stable code of the reason.
             * @example invalid_json
             */
            reason: string;
            /**
             * @description Number of attempts to handle the message.
             * @example 1
             */
            attempts: number;
            /** @enum {string} */
            state: "open" | "replaying" | "replayed" | "discarded";
            /**
             * @description How often the message was dead-lettered.
             * @example 1
             */
            dead_letter_count: number;
            /** @example 2026-01-15T12:00:00.000Z */
            first_seen: string;
            /** @example 2026-01-15T12:00:00.000Z */
            last_seen: string;
        };
        EditedBodyDto: {
            /**
             * @description The new body of the message: JSON text.
             * @example {\event\: \order.created\, \order_id\: 123, \items\: [{\product_id\: 10, \quantity\: 2}]}
             */
            body: string;
        };
        ContractViolationDto: {
            /**
             * @description JSON pointer to the invalid field of the message; empty for the whole message.
             * @example /items/0/quantity
             */
            pointer: string;
            /** @example Invalid input: expected number, received string */
            message: string;
        };
        CheckedBodyDto: {
            /**
             * @description Whether the body satisfies the contract of its event.
             * @example false
             */
            is_valid: boolean;
            /** @description Empty if the body is valid. */
            violations: components["schemas"]["ContractViolationDto"][];
        };
        DryRunRequestDto: {
            /**
             * @description Body to run instead of that of the dead letter: JSON text.
             * @example {"event": "order.created", "order_id": 123, "items": [{"product_id": 10, "quantity": 2}]}
             */
            body?: string;
        };
        DryRunErrorDto: {
            /**
             * @description Stable error code.
             * @example order_not_ready
             */
            code: string;
            /** @example The event does not match the status of order 123, which is pending. */
            message: string;
        };
        DryRunOrderDto: {
            /** @example 123 */
            id: number;
            /** @enum {string} */
            before: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
            /** @enum {string} */
            after: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
        };
        DryRunPaymentDto: {
            /**
             * @description Status of the payment, or null if there was none.
             * @example requested
             */
            before: string | null;
            /** @example captured */
            after: string | null;
            /**
             * @description Number of refunds that would be requested.
             * @example 0
             */
            refund_requests: number;
        };
        StockQuantitiesDto: {
            /** @example 50 */
            on_hand: number;
            /** @example 2 */
            reserved: number;
        };
        DryRunStockDto: {
            /** @example 10 */
            product_id: number;
            before: components["schemas"]["StockQuantitiesDto"];
            after: components["schemas"]["StockQuantitiesDto"];
        };
        DryRunEventDto: {
            /** @example stock.reserve */
            event: string;
            /**
             * @example {
             *       "order_id": 123
             *     }
             */
            body: {
                [key: string]: unknown;
            };
        };
        DryRunMailDto: {
            /** @example order_processed */
            kind: string;
            /** @example ana@example.com */
            recipient: string;
        };
        GatewayRequestDto: {
            /** @enum {string} */
            type: "charge" | "refund";
            /**
             * @description In the currency's minor unit.
             * @example 4980
             */
            amount: number;
            /** @example BRL */
            currency: string;
        };
        DryRunDto: {
            /** @description Error of the handler, or null. */
            error: (components["schemas"]["DryRunErrorDto"] | (never | null)) | null;
            /** @description Status of the order before and after, or null if the message is about none. */
            order: (components["schemas"]["DryRunOrderDto"] | (never | null)) | null;
            /** @description The payment of the order, or null. */
            payment: (components["schemas"]["DryRunPaymentDto"] | (never | null)) | null;
            /**
             * @description Queue that the message would be published to.
             * @example order_queue
             */
            queue: string;
            /**
             * @description Whether a process that consumes the queue has answered. If not, the other fields are empty.
             * @example true
             */
            is_answered: boolean;
            /**
             * @description What would happen to the message. `retried`: its first attempt fails. `waits`: a row is locked, or a dependency is unavailable.
             * @enum {string|null}
             */
            decision: "handled" | "retried" | "dead_lettered" | "waits" | null;
            /**
             * @description Result of the handler, or null if it fails.
             * @example reserved
             */
            outcome: string | null;
            /** @description Products whose stock would change. */
            stock: components["schemas"]["DryRunStockDto"][];
            /** @description Events that would be published. */
            events: components["schemas"]["DryRunEventDto"][];
            /** @description Mails that would be sent. */
            mails: components["schemas"]["DryRunMailDto"][];
            /** @description Requests to the payment gateway. They are not sent. */
            gateway_requests: components["schemas"]["GatewayRequestDto"][];
        };
        DryRunsDto: {
            /** @description One entry for each queue that a replay would reach. */
            data: components["schemas"]["DryRunDto"][];
        };
        EditAndReplayDto: {
            /**
             * @description Name of the operator, recorded with the action.
             * @example ana
             */
            by: string;
            /**
             * @description Why the message is edited.
             * @example The shop sent the quantity as text.
             */
            reason: string;
            /**
             * @description The new body of the message: JSON text.
             * @example {\event\: \order.created\, \order_id\: 123, \items\: [{\product_id\: 10, \quantity\: 2}]}
             */
            body: string;
        };
        CorrectionDto: {
            /**
             * @description Units that the movement adds to the ledger, or removes.
             * @example -1
             */
            quantity: number;
            /**
             * @description Stock on hand after the movement: the same as before.
             * @example 47
             */
            balance_after: number;
        };
        LedgerComparisonDto: {
            /** @description The movement that a repair would write, or null if `on_hand` is the sum of the movements. */
            correction: (components["schemas"]["CorrectionDto"] | (never | null)) | null;
            /** @example 10 */
            product_id: number;
            /**
             * @description Recorded stock on hand.
             * @example 47
             */
            on_hand: number;
            /**
             * @description Sum of the movements.
             * @example 48
             */
            booked: number;
            /**
             * @description Recorded reserved stock.
             * @example 3
             */
            reserved: number;
            /**
             * @description Sum of the active reservations. A difference from `reserved` is not repaired by a movement.
             * @example 3
             */
            actively_reserved: number;
        };
        RepairDto: {
            /**
             * @description Why the ledger lacks the units; recorded in the movement.
             * @example Restored from the backup of 2026-01-14
             */
            reason: string;
            /**
             * @description `correction.quantity` of the comparison; the repair is refused if it is another one now.
             * @example -1
             */
            quantity: number;
        };
        DeadLetterJobPageDto: {
            data: components["schemas"]["DeadLetterJobDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        ActorDto: {
            /**
             * @description Name of the operator, recorded with the action.
             * @example ana
             */
            by: string;
        };
        StuckOrderDto: {
            /** @example 123 */
            id: number;
            /** @enum {string} */
            status: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
            /**
             * @description When the order entered this status.
             * @example 2026-01-15T12:00:00.000Z
             */
            since: string;
            /**
             * @description How often the watchdog has republished the events of the order.
             * @example 3
             */
            republish_count: number;
        };
        StuckOrdersDto: {
            /** @description Oldest order first, at most 100. */
            data: components["schemas"]["StuckOrderDto"][];
        };
        AuditTotalsDto: {
            /** @example 1000 */
            products: number;
            /** @example 250000 */
            movements: number;
            /**
             * @description Active reservations, one for each line of a reserved order.
             * @example 12
             */
            active_reservations: number;
        };
        DiscrepancyDto: {
            /**
             * @description Check that found the discrepancy.
             * @example on_hand
             */
            check: string;
            /** @example 10 */
            product_id: number;
            /**
             * @description Order the discrepancy belongs to, or null if it concerns several.
             * @example 123
             */
            order_id: number | null;
            /**
             * @description Value computed from the other records.
             * @example 48
             */
            expected: number;
            /**
             * @description Recorded value.
             * @example 47
             */
            found: number;
        };
        PaymentDiscrepancyDto: {
            /**
             * @description Check that found the discrepancy.
             * @example captured
             */
            check: string;
            /** @example 123 */
            order_id: number;
            /**
             * @description Amount computed from the other records, in minor units.
             * @example 4980
             */
            expected: number;
            /**
             * @description Recorded amount, in minor units.
             * @example 0
             */
            found: number;
        };
        AuditDto: {
            /** @description Number of compared records. Null unless the audit has succeeded. */
            totals: (components["schemas"]["AuditTotalsDto"] | (never | null)) | null;
            /** @example 12 */
            id: number;
            /** @enum {string} */
            state: "requested" | "running" | "succeeded" | "failed";
            /** @example 2026-01-15T12:00:00.000Z */
            requested_at: string;
            /**
             * @description Null until it runs. The result describes the stock ledger at about this time.
             * @example 2026-01-15T12:00:03.000Z
             */
            started_at: string | null;
            /** @example 2026-01-15T12:00:06.000Z */
            finished_at: string | null;
            /**
             * @description True if there is no discrepancy. Null unless the audit has succeeded.
             * @example true
             */
            reconciles: boolean | null;
            /** @description At most 1,000. Nothing is repaired automatically. Null unless the audit has succeeded. */
            discrepancies: components["schemas"]["DiscrepancyDto"][] | null;
            /** @description Differences between payments and orders. At most 1,000. Null unless the audit has succeeded. */
            payment_discrepancies: components["schemas"]["PaymentDiscrepancyDto"][] | null;
            /**
             * @description Why the audit failed. Null unless it has failed.
             * @example canceling statement due to statement timeout
             */
            error: string | null;
        };
        AuditPageDto: {
            data: components["schemas"]["AuditDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        OutboxDto: {
            /**
             * @description Events in the outbox, including those published within the last second.
             * @example 0
             */
            depth: number;
            /**
             * @description Age of the oldest event in the outbox.
             * @example 0
             */
            lag_seconds: number;
        };
        FlowQueueDto: {
            /** @example order_queue */
            name: string;
            /** @enum {string} */
            kind: "work" | "retry" | "dead_letter" | "unrouted";
            /**
             * @description App that consumes it; null unless it is a work queue.
             * @example order-worker
             */
            app: string | null;
            /**
             * @description Events that are bound to it.
             * @example [
             *       "order.created",
             *       "payment.captured"
             *     ]
             */
            events: string[];
            /**
             * @description Messages that are ready to be delivered. Null if the broker is unavailable or the queue does not exist.
             * @example 0
             */
            messages: number | null;
            /**
             * @description Null as for `messages`.
             * @example 2
             */
            consumers: number | null;
            /**
             * @description Messages that were delivered and are being handled, according to the processes.
             * @example 12
             */
            in_flight: number;
            /**
             * @description Messages a second that the system published to the queue, or returned to it for a retry. Null if it is not known.
             * @example 41.5
             */
            rate_in: number | null;
            /**
             * @description Messages a second that left the queue. Null if it is not known.
             * @example 41.5
             */
            rate_out: number | null;
            /**
             * @description Age of the oldest event that the consumer of the queue has not handled, according to the orders. Null if the queue is empty, for other queues than work queues, and if only messages wait that no order waits for.
             * @example 0.2
             */
            oldest_message_seconds: number | null;
        };
        FlowEventDto: {
            /** @example order.created */
            event: string;
            /**
             * @description Messages that were handled since the start of the process.
             * @example 1200
             */
            done: number;
            /**
             * @description Messages that return for another attempt.
             * @example 3
             */
            retried: number;
            /** @example 0 */
            dead_lettered: number;
            /**
             * @description Messages that return without using up an attempt, because a dependency was unavailable.
             * @example 0
             */
            requeued: number;
            /**
             * @description Median time from delivery to settlement within the last minute. Null if there was no message.
             * @example 14.2
             */
            p50_ms: number | null;
            /** @example 31.7 */
            p95_ms: number | null;
        };
        FlowProcessDto: {
            /**
             * @description Unique for each start of a process.
             * @example order-worker-1f0c2a9e@order-worker-7d4b9
             */
            instance: string;
            /** @example order-worker */
            app: string;
            /** @example 1.4.0 */
            version: string;
            /** @enum {string} */
            state: "serving" | "connecting" | "isolated" | "consuming" | "circuit_open" | "draining" | "closed";
            /**
             * @description Whether no report has arrived for 20 seconds: the process has most likely ended without a shutdown.
             * @example false
             */
            is_silent: boolean;
            /** @example 2026-01-15T12:00:00.000Z */
            started_at: string;
            /** @example 2026-01-15T12:30:00.000Z */
            reported_at: string;
            /**
             * @description Queue that it consumes; null for an api.
             * @example order_queue
             */
            queue: string | null;
            /**
             * @description Messages that it handles at the moment.
             * @example 12
             */
            in_flight: number;
            events: components["schemas"]["FlowEventDto"][];
        };
        FlowProblemDto: {
            /** @enum {string} */
            code: "broker_unavailable" | "queue_missing" | "queue_without_consumer" | "queue_waiting" | "process_silent" | "process_connecting" | "process_isolated" | "circuit_open" | "outbox_lag" | "dead_letters_open";
            /**
             * @description Queue, process or part of the system that has the problem.
             * @example order_queue
             */
            subject: string;
            /** @example 12 messages wait, and no process consumes the queue. */
            detail: string;
            /**
             * @description Chapter of docs/operations.md with the next step.
             * @example estoqueconsumerdown
             */
            runbook: string;
        };
        FlowDto: {
            /** @example 2026-01-15T12:30:02.000Z */
            at: string;
            /** @description Work queues, retry queues by delay, then the queues for dead letters and for events that no queue is bound for. */
            queues: components["schemas"]["FlowQueueDto"][];
            processes: components["schemas"]["FlowProcessDto"][];
            outbox: components["schemas"]["OutboxDto"];
            /**
             * @description Dead letters that are neither replayed nor discarded.
             * @example 0
             */
            open_dead_letters: number;
            /** @description Most serious first. */
            problems: components["schemas"]["FlowProblemDto"][];
        };
        FlowLatencyDto: {
            /** @example order.created */
            event: string;
            /** @example 14.2 */
            p50_ms: number;
            /** @example 31.7 */
            p95_ms: number;
        };
        FlowSampleDto: {
            /**
             * @description Orders that entered each status within the interval; a status without orders is left out.
             * @example {
             *       "pending": 420,
             *       "processed": 415,
             *       "rejected": 5
             *     }
             */
            orders: {
                [key: string]: number;
            };
            /**
             * @description Events that were published within the interval.
             * @example {
             *       "order.created": 420,
             *       "stock.reserve": 418
             *     }
             */
            published: {
                [key: string]: number;
            };
            /**
             * @description Messages in each queue at the end of the interval. Null if the broker was unavailable.
             * @example {
             *       "order_queue": 0,
             *       "stock_queue": 3
             *     }
             */
            queues: {
                [key: string]: number;
            } | null;
            /**
             * @description End of the interval.
             * @example 2026-01-15T12:30:00.000Z
             */
            at: string;
            /**
             * @description Duration of the interval.
             * @example 10
             */
            seconds: number;
            /** @description Handling times within the last minute, of the slowest process. */
            latency: components["schemas"]["FlowLatencyDto"][];
            outbox: components["schemas"]["OutboxDto"];
        };
        FlowHistoryDto: {
            /** @enum {string} */
            period: "15m" | "24h";
            /**
             * @description Time between two samples.
             * @example 10
             */
            step_seconds: number;
            /** @description Oldest first. */
            samples: components["schemas"]["FlowSampleDto"][];
        };
        MigrationDto: {
            /** @example Initial1765000000000 */
            name: string;
        };
        RetentionRunDto: {
            /**
             * @description End of the run.
             * @example 2026-01-15T12:05:00.000Z
             */
            ended_at: string;
            /**
             * @description Number of records that the run deleted; of `customers`: of orders whose customer it erased.
             * @example 0
             */
            deleted: number;
            /**
             * @description Why the run failed, or null.
             * @example canceling statement due to statement timeout
             */
            error: string | null;
            /**
             * @description End of the latest run that deleted any, or null.
             * @example 2026-01-15T03:00:00.000Z
             */
            last_deletion_at: string | null;
            /**
             * @description Number of records that it deleted, or null.
             * @example 120
             */
            last_deletion_count: number | null;
        };
        RetentionDto: {
            /** @enum {string} */
            data: "timelines_and_mails" | "customers" | "idempotency_keys" | "closed_dead_letters" | "audit_log" | "webhook_events" | "audits" | "deliveries" | "flow_samples";
            /**
             * @description Variable that sets it; null if it is fixed.
             * @example AUDIT_LOG_RETENTION_DAYS
             */
            variable: string | null;
            /**
             * @description Time after which the data are deleted. Null if time does not matter: unless `max_count` is set, they are kept.
             * @example 31536000
             */
            seconds: number | null;
            /**
             * @description Number of records above which the oldest ones are deleted; null if there is no maximum.
             * @example 100
             */
            max_count: number | null;
            /** @description Latest run that deletes them, in any process. Null if none has ended, and for data that are deleted when new ones are stored. */
            last_run?: (components["schemas"]["RetentionRunDto"] | (never | null)) | null;
            /**
             * @description Whether no run has ended within the last hour, although the data have to be deleted.
             * @example false
             */
            is_overdue?: boolean;
        };
        VariableDto: {
            /** @example PREFETCH */
            name: string;
            /**
             * @description Null if it is unset, or if it contains a secret.
             * @example 200
             */
            value: string | null;
            /**
             * @description Whether the variable contains a secret, which is not shown.
             * @example false
             */
            is_secret: boolean;
            /**
             * @description Whether it has a value, also by default.
             * @example true
             */
            is_set: boolean;
        };
        ConfigurationDto: {
            /**
             * @description Version of Node.js.
             * @example v24.21.0
             */
            node_version: string;
            /** @description Migrations of the database, oldest first. */
            migrations: components["schemas"]["MigrationDto"][];
            /** @description How long data are kept, according to the variables of the process that answered. */
            retention: components["schemas"]["RetentionDto"][];
            /** @description Environment variables of the process that answered. */
            variables: components["schemas"]["VariableDto"][];
        };
        GrantDto: {
            /** @enum {string} */
            scope: "orders:read" | "orders:write" | "shipments:write" | "stock:read" | "stock:write" | "products:write" | "notifications:read" | "notifications:write" | "payments:read" | "payments:write" | "operations:read" | "operations:write" | "webhooks:write" | "admin";
            /**
             * @description `own`: the scope reaches only what belongs to the e-mail address of the caller.
             * @example all
             * @enum {string}
             */
            reach: "all" | "own";
        };
        SessionDto: {
            /**
             * @description Stable and unique: `key:12` for an API key, `user:<issuer> <subject>` for a token.
             * @example key:12
             */
            id: string;
            /**
             * @description Verified e-mail address, or null.
             * @example ana@example.com
             */
            email: string | null;
            /** @description What the caller may do. */
            grants: components["schemas"]["GrantDto"][];
            /** @enum {string} */
            environment: "development" | "production";
        };
        CreateApiKeyDto: {
            /**
             * @description What the key is for.
             * @example Storefront
             */
            name: string;
            /**
             * @description The key gets the scopes of this role. `role` or `scopes` is required.
             * @enum {string}
             */
            role?: "customer" | "clerk" | "warehouse" | "operator" | "admin";
            scopes?: ("orders:read" | "orders:write" | "shipments:write" | "stock:read" | "stock:write" | "products:write" | "notifications:read" | "notifications:write" | "payments:read" | "payments:write" | "operations:read" | "operations:write" | "webhooks:write" | "admin")[];
            /**
             * Format: email
             * @description Required for the role `customer`: the key reaches only what belongs to this address.
             * @example ana@example.com
             */
            customer_email?: string;
            /**
             * Format: date-time
             * @description Without it, the key is valid until it is revoked.
             * @example 2027-01-15T00:00:00.000Z
             */
            expires_at?: string;
        };
        CreatedApiKeyDto: {
            scopes: ("orders:read" | "orders:write" | "shipments:write" | "stock:read" | "stock:write" | "products:write" | "notifications:read" | "notifications:write" | "payments:read" | "payments:write" | "operations:read" | "operations:write" | "webhooks:write" | "admin")[];
            /**
             * @description The key itself. It is shown only in this response.
             * @example est_live_...
             */
            key: string;
            /** @example 12 */
            id: number;
            /**
             * @description The first characters of the key.
             * @example est_live_x3Fa9Q
             */
            prefix: string;
            /** @example Storefront */
            name: string;
            /**
             * @description The key reaches only what belongs to this address; null: everything.
             * @example ana@example.com
             */
            customer_email: string | null;
            /** @example key:1 */
            created_by: string;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2027-01-15T00:00:00.000Z */
            expires_at: string | null;
            /**
             * @description A minute late or more.
             * @example 2026-01-15T12:00:01.000Z
             */
            last_used_at: string | null;
            /** @example 2026-02-01T09:30:00.000Z */
            revoked_at: string | null;
        };
        ApiKeyDto: {
            scopes: ("orders:read" | "orders:write" | "shipments:write" | "stock:read" | "stock:write" | "products:write" | "notifications:read" | "notifications:write" | "payments:read" | "payments:write" | "operations:read" | "operations:write" | "webhooks:write" | "admin")[];
            /** @example 12 */
            id: number;
            /**
             * @description The first characters of the key.
             * @example est_live_x3Fa9Q
             */
            prefix: string;
            /** @example Storefront */
            name: string;
            /**
             * @description The key reaches only what belongs to this address; null: everything.
             * @example ana@example.com
             */
            customer_email: string | null;
            /** @example key:1 */
            created_by: string;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2027-01-15T00:00:00.000Z */
            expires_at: string | null;
            /**
             * @description A minute late or more.
             * @example 2026-01-15T12:00:01.000Z
             */
            last_used_at: string | null;
            /** @example 2026-02-01T09:30:00.000Z */
            revoked_at: string | null;
        };
        ApiKeyPageDto: {
            data: components["schemas"]["ApiKeyDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        AuditLogEntryDto: {
            /**
             * @description The changed fields before the change, or null for a new object.
             * @example {
             *       "price": 2490
             *     }
             */
            before: {
                [key: string]: unknown;
            } | null;
            /**
             * @description The changed fields after the change, or null.
             * @example {
             *       "price": 2690
             *     }
             */
            after: {
                [key: string]: unknown;
            } | null;
            /** @example 501 */
            id: number;
            /** @example 2026-01-15T12:00:00.000Z */
            at: string;
            /**
             * @description Who made the change: `key:12` for an API key, `user:<issuer> <subject>` for a user, `cli:<name>` for the command line,
             *     with the prefix `customer:` for a customer; `customer:erased` if the customer's data was erased.
             * @example key:12
             */
            actor: string;
            /**
             * @description Network address that the request came from, or null.
             * @example 203.0.113.7
             */
            address: string | null;
            /** @enum {string} */
            action: "order.cancelled" | "order.shipped" | "order.completed" | "order.returned" | "refund.requested" | "product.created" | "product.changed" | "stock.received" | "stock.adjusted" | "notification.resent" | "mail_settings.changed" | "dead_letter.replayed" | "dead_letter.discarded" | "dead_letter_job.created" | "dead_letter_job.cancelled" | "audit.requested" | "erasure.requested" | "api_key.created" | "api_key.revoked" | "webhook_endpoint.created" | "webhook_endpoint.changed" | "webhook_endpoint.enabled" | "webhook_endpoint.disabled" | "webhook_endpoint.deleted" | "webhook_endpoint.secret_rotated" | "webhook_endpoint.replayed";
            /** @enum {string} */
            object_type: "order" | "payment" | "product" | "notification" | "mail_settings" | "dead_letter" | "dead_letter_job" | "audit" | "erasure" | "api_key" | "webhook_endpoint";
            /** @example 10 */
            object_id: string;
        };
        AuditLogPageDto: {
            data: components["schemas"]["AuditLogEntryDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        CustomerDataDto: {
            order: components["schemas"]["OrderDto"];
            /**
             * @description Who placed the order: an actor as in the audit log. Null for an old order.
             * @example key:12
             */
            placed_by: string | null;
            /**
             * @description Network address from which the order was placed, or null.
             * @example 203.0.113.7
             */
            placed_from: string | null;
            /** @description The payment of the order with its attempts and refunds, or null. */
            payment: (components["schemas"]["PaymentDetailsDto"] | (never | null)) | null;
            /** @description Mails about the order. */
            notifications: components["schemas"]["NotificationDto"][];
            /** @description Entries of the audit log: what the customer has changed in the order, oldest first. */
            changes: components["schemas"]["AuditLogEntryDto"][];
        };
        CustomerDataPageDto: {
            data: components["schemas"]["CustomerDataDto"][];
            /** @description The newest 100 API keys of the customer, the same on each page. */
            api_keys: components["schemas"]["ApiKeyDto"][];
            /** @description Which mails the customer gets, the same on each page. */
            mail_settings: components["schemas"]["MailSettingsDto"];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        ErasureDto: {
            /** @example 4 */
            id: number;
            /** @enum {string} */
            state: "pending" | "running" | "finished";
            /**
             * @description Number of orders from which the customer was erased so far.
             * @example 3
             */
            orders: number;
            /**
             * @description Number of erased mails.
             * @example 4
             */
            notifications: number;
            /**
             * @description Number of erased dead letters.
             * @example 0
             */
            dead_letters: number;
            /**
             * @description Number of erased answers to requests with an idempotency key.
             * @example 1
             */
            answers: number;
            /** @example 2026-01-15T12:00:00.000Z */
            requested_at: string;
            /** @example 2026-01-15T12:00:01.000Z */
            finished_at: string | null;
        };
        CreateWebhookEndpointDto: {
            /**
             * @description Address of the receiver. It must start with `https://`.
             * @example https://shop.example/hooks/estoque
             */
            url: string;
            /**
             * @description Events that are sent.
             * @example [
             *       "order.processed"
             *     ]
             */
            events: ("order.created" | "payment.requested" | "payment.captured" | "payment.failed" | "stock.reserve" | "stock.updated" | "order.processed" | "order.rejected" | "order.cancelled" | "order.shipped" | "order.completed" | "order.returned" | "payment.refunded")[];
        };
        WebhookEndpointWithSecretDto: {
            /**
             * @example [
             *       "order.processed"
             *     ]
             */
            events: ("order.created" | "payment.requested" | "payment.captured" | "payment.failed" | "stock.reserve" | "stock.updated" | "order.processed" | "order.rejected" | "order.cancelled" | "order.shipped" | "order.completed" | "order.returned" | "payment.refunded")[];
            /**
             * @description Why the endpoint is disabled, or null. `request`: by a caller. `failing`: it accepted no event for a long time.
             *     `gone`: it answered 410.
             * @example null
             * @enum {string|null}
             */
            disabled_reason: "request" | "failing" | "gone" | null;
            /**
             * @description The secret that signs. It is shown only in this response.
             * @example whsec_...
             */
            secret: string;
            /** @example 3 */
            id: number;
            /** @example https://shop.example/hooks/estoque */
            url: string;
            /** @enum {string} */
            state: "enabled" | "disabled";
            /** @example 2026-01-18T12:00:00.000Z */
            disabled_at: string | null;
            /**
             * @description Time of the first failure since the last success, or null.
             * @example 2026-01-15T12:00:00.000Z
             */
            failing_since: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
        };
        WebhookEndpointDto: {
            /**
             * @example [
             *       "order.processed"
             *     ]
             */
            events: ("order.created" | "payment.requested" | "payment.captured" | "payment.failed" | "stock.reserve" | "stock.updated" | "order.processed" | "order.rejected" | "order.cancelled" | "order.shipped" | "order.completed" | "order.returned" | "payment.refunded")[];
            /**
             * @description Why the endpoint is disabled, or null. `request`: by a caller. `failing`: it accepted no event for a long time.
             *     `gone`: it answered 410.
             * @example null
             * @enum {string|null}
             */
            disabled_reason: "request" | "failing" | "gone" | null;
            /** @example 3 */
            id: number;
            /** @example https://shop.example/hooks/estoque */
            url: string;
            /** @enum {string} */
            state: "enabled" | "disabled";
            /** @example 2026-01-18T12:00:00.000Z */
            disabled_at: string | null;
            /**
             * @description Time of the first failure since the last success, or null.
             * @example 2026-01-15T12:00:00.000Z
             */
            failing_since: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
        };
        WebhookEndpointPageDto: {
            data: components["schemas"]["WebhookEndpointDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        ChangeWebhookEndpointDto: {
            /**
             * @description Address of the receiver. It must start with `https://`.
             * @example https://shop.example/hooks/estoque
             */
            url?: string;
            /**
             * @description Events that are sent.
             * @example [
             *       "order.processed"
             *     ]
             */
            events?: ("order.created" | "payment.requested" | "payment.captured" | "payment.failed" | "stock.reserve" | "stock.updated" | "order.processed" | "order.rejected" | "order.cancelled" | "order.shipped" | "order.completed" | "order.returned" | "payment.refunded")[];
        };
        RotateWebhookSecretDto: {
            /**
             * @description Time for which the previous secret signs too. Default: 24. With 0 it is invalid at once.
             * @example 24
             */
            previous_valid_hours?: number;
        };
        ReplayWebhooksDto: {
            /**
             * Format: date-time
             * @description Events recorded at or after this time.
             * @example 2026-01-15T00:00:00Z
             */
            from: string;
            /**
             * Format: date-time
             * @description Events recorded before this time.
             * @example 2026-01-16T00:00:00Z
             */
            to: string;
        };
        ReplayedWebhooksDto: {
            /**
             * @description Number of events that will be sent.
             * @example 12
             */
            count: number;
        };
        WebhookDeliveryDto: {
            /** @example 812 */
            id: number;
            /**
             * @description Header `webhook-id` of the requests.
             * @example 018f9c2e-6b1a-7c3d-9e4f-5a6b7c8d9e0f
             */
            event_id: string;
            /** @example order.processed */
            event: string;
            /** @example 123 */
            order_id: number | null;
            /**
             * @description `failed`: it was not accepted for three days.
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            /** @example 1 */
            attempts: number;
            /**
             * @description Earliest time of the next attempt, or null if there is none.
             * @example 2026-01-15T12:00:05.000Z
             */
            next_attempt_at: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:00.120Z */
            ended_at: string | null;
        };
        WebhookDeliveryPageDto: {
            data: components["schemas"]["WebhookDeliveryDto"][];
            /** @example true */
            has_more: boolean;
            /**
             * @description `cursor` of the next page, or null on the last page.
             * @example MTIz
             */
            next_cursor: string | null;
        };
        WebhookAttemptDto: {
            /** @example 2026-01-15T12:00:00.000Z */
            at: string;
            /** @example 120 */
            duration_ms: number;
            /** @example https://shop.example/hooks/estoque */
            url: string;
            /**
             * @description HTTP status of the answer, or null if there was none.
             * @example 204
             */
            status: number | null;
            /**
             * @description The first 1,024 bytes of the body of the answer, or null.
             * @example
             */
            answer: string | null;
            /**
             * @description Why the attempt failed, or null.
             * @example HTTP 500
             */
            error: string | null;
        };
        WebhookDeliveryDetailsDto: {
            /** @example 812 */
            id: number;
            /**
             * @description Header `webhook-id` of the requests.
             * @example 018f9c2e-6b1a-7c3d-9e4f-5a6b7c8d9e0f
             */
            event_id: string;
            /** @example order.processed */
            event: string;
            /** @example 123 */
            order_id: number | null;
            /**
             * @description `failed`: it was not accepted for three days.
             * @enum {string}
             */
            state: "pending" | "delivered" | "failed";
            /** @example 1 */
            attempts: number;
            /**
             * @description Earliest time of the next attempt, or null if there is none.
             * @example 2026-01-15T12:00:05.000Z
             */
            next_attempt_at: string | null;
            /** @example 2026-01-15T12:00:00.000Z */
            created_at: string;
            /** @example 2026-01-15T12:00:00.120Z */
            ended_at: string | null;
            /**
             * @description Body of the requests.
             * @example {\event\:\order.processed\,\order_id\:123}
             */
            body: string;
            /** @description The last 100 attempts, newest first. */
            log: components["schemas"]["WebhookAttemptDto"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type FieldErrorDto = components['schemas']['FieldErrorDto'];
export type ProblemDto = components['schemas']['ProblemDto'];
export type CustomerDto = components['schemas']['CustomerDto'];
export type OrderItemDto = components['schemas']['OrderItemDto'];
export type OrderPaymentDto = components['schemas']['OrderPaymentDto'];
export type PlaceOrderDto = components['schemas']['PlaceOrderDto'];
export type OrderLineDto = components['schemas']['OrderLineDto'];
export type TotalsDto = components['schemas']['TotalsDto'];
export type LineRejectionDto = components['schemas']['LineRejectionDto'];
export type OrderUnitsDto = components['schemas']['OrderUnitsDto'];
export type ShipmentDto = components['schemas']['ShipmentDto'];
export type ReturnDto = components['schemas']['ReturnDto'];
export type TimelineEntryDto = components['schemas']['TimelineEntryDto'];
export type OrderDto = components['schemas']['OrderDto'];
export type OrderPageDto = components['schemas']['OrderPageDto'];
export type OrderCountDto = components['schemas']['OrderCountDto'];
export type OrderCountsDto = components['schemas']['OrderCountsDto'];
export type CancelOrderDto = components['schemas']['CancelOrderDto'];
export type JourneySpanDto = components['schemas']['JourneySpanDto'];
export type JourneyDto = components['schemas']['JourneyDto'];
export type ShipOrderDto = components['schemas']['ShipOrderDto'];
export type ReturnOrderDto = components['schemas']['ReturnOrderDto'];
export type CreateProductDto = components['schemas']['CreateProductDto'];
export type ProductDto = components['schemas']['ProductDto'];
export type ProductPageDto = components['schemas']['ProductPageDto'];
export type ChangeProductDto = components['schemas']['ChangeProductDto'];
export type StockDto = components['schemas']['StockDto'];
export type ReservationDto = components['schemas']['ReservationDto'];
export type ReservationsDto = components['schemas']['ReservationsDto'];
export type ReceiptDto = components['schemas']['ReceiptDto'];
export type MovementDto = components['schemas']['MovementDto'];
export type RecordedMovementDto = components['schemas']['RecordedMovementDto'];
export type AdjustmentDto = components['schemas']['AdjustmentDto'];
export type MovementPageDto = components['schemas']['MovementPageDto'];
export type StockedProductDto = components['schemas']['StockedProductDto'];
export type StockPageDto = components['schemas']['StockPageDto'];
export type NotificationDto = components['schemas']['NotificationDto'];
export type NotificationPageDto = components['schemas']['NotificationPageDto'];
export type MailPreviewDto = components['schemas']['MailPreviewDto'];
export type MailSettingsDto = components['schemas']['MailSettingsDto'];
export type ChangeMailSettingsDto = components['schemas']['ChangeMailSettingsDto'];
export type SuppressDto = components['schemas']['SuppressDto'];
export type PaymentDto = components['schemas']['PaymentDto'];
export type PaymentPageDto = components['schemas']['PaymentPageDto'];
export type PaymentAttemptDto = components['schemas']['PaymentAttemptDto'];
export type RefundDto = components['schemas']['RefundDto'];
export type PaymentDetailsDto = components['schemas']['PaymentDetailsDto'];
export type RefundRequestDto = components['schemas']['RefundRequestDto'];
export type DeadLetterDto = components['schemas']['DeadLetterDto'];
export type DeadLetterPageDto = components['schemas']['DeadLetterPageDto'];
export type DeadLetterGroupDto = components['schemas']['DeadLetterGroupDto'];
export type DeadLetterGroupsDto = components['schemas']['DeadLetterGroupsDto'];
export type DeadLetterCountDto = components['schemas']['DeadLetterCountDto'];
export type DeadLetterFilterDto = components['schemas']['DeadLetterFilterDto'];
export type FilteredActionDto = components['schemas']['FilteredActionDto'];
export type DeadLetterJobFilterDto = components['schemas']['DeadLetterJobFilterDto'];
export type DeadLetterJobDto = components['schemas']['DeadLetterJobDto'];
export type EditDto = components['schemas']['EditDto'];
export type RecordedActionDto = components['schemas']['RecordedActionDto'];
export type DeadLetterDetailsDto = components['schemas']['DeadLetterDetailsDto'];
export type OrderEventDto = components['schemas']['OrderEventDto'];
export type OrderEventsDto = components['schemas']['OrderEventsDto'];
export type ReasonedActionDto = components['schemas']['ReasonedActionDto'];
export type DeadLetterActionDto = components['schemas']['DeadLetterActionDto'];
export type ClosedDeadLetterDto = components['schemas']['ClosedDeadLetterDto'];
export type EditedBodyDto = components['schemas']['EditedBodyDto'];
export type ContractViolationDto = components['schemas']['ContractViolationDto'];
export type CheckedBodyDto = components['schemas']['CheckedBodyDto'];
export type DryRunRequestDto = components['schemas']['DryRunRequestDto'];
export type DryRunErrorDto = components['schemas']['DryRunErrorDto'];
export type DryRunOrderDto = components['schemas']['DryRunOrderDto'];
export type DryRunPaymentDto = components['schemas']['DryRunPaymentDto'];
export type StockQuantitiesDto = components['schemas']['StockQuantitiesDto'];
export type DryRunStockDto = components['schemas']['DryRunStockDto'];
export type DryRunEventDto = components['schemas']['DryRunEventDto'];
export type DryRunMailDto = components['schemas']['DryRunMailDto'];
export type GatewayRequestDto = components['schemas']['GatewayRequestDto'];
export type DryRunDto = components['schemas']['DryRunDto'];
export type DryRunsDto = components['schemas']['DryRunsDto'];
export type EditAndReplayDto = components['schemas']['EditAndReplayDto'];
export type CorrectionDto = components['schemas']['CorrectionDto'];
export type LedgerComparisonDto = components['schemas']['LedgerComparisonDto'];
export type RepairDto = components['schemas']['RepairDto'];
export type DeadLetterJobPageDto = components['schemas']['DeadLetterJobPageDto'];
export type ActorDto = components['schemas']['ActorDto'];
export type StuckOrderDto = components['schemas']['StuckOrderDto'];
export type StuckOrdersDto = components['schemas']['StuckOrdersDto'];
export type AuditTotalsDto = components['schemas']['AuditTotalsDto'];
export type DiscrepancyDto = components['schemas']['DiscrepancyDto'];
export type PaymentDiscrepancyDto = components['schemas']['PaymentDiscrepancyDto'];
export type AuditDto = components['schemas']['AuditDto'];
export type AuditPageDto = components['schemas']['AuditPageDto'];
export type OutboxDto = components['schemas']['OutboxDto'];
export type FlowQueueDto = components['schemas']['FlowQueueDto'];
export type FlowEventDto = components['schemas']['FlowEventDto'];
export type FlowProcessDto = components['schemas']['FlowProcessDto'];
export type FlowProblemDto = components['schemas']['FlowProblemDto'];
export type FlowDto = components['schemas']['FlowDto'];
export type FlowLatencyDto = components['schemas']['FlowLatencyDto'];
export type FlowSampleDto = components['schemas']['FlowSampleDto'];
export type FlowHistoryDto = components['schemas']['FlowHistoryDto'];
export type MigrationDto = components['schemas']['MigrationDto'];
export type RetentionRunDto = components['schemas']['RetentionRunDto'];
export type RetentionDto = components['schemas']['RetentionDto'];
export type VariableDto = components['schemas']['VariableDto'];
export type ConfigurationDto = components['schemas']['ConfigurationDto'];
export type GrantDto = components['schemas']['GrantDto'];
export type SessionDto = components['schemas']['SessionDto'];
export type CreateApiKeyDto = components['schemas']['CreateApiKeyDto'];
export type CreatedApiKeyDto = components['schemas']['CreatedApiKeyDto'];
export type ApiKeyDto = components['schemas']['ApiKeyDto'];
export type ApiKeyPageDto = components['schemas']['ApiKeyPageDto'];
export type AuditLogEntryDto = components['schemas']['AuditLogEntryDto'];
export type AuditLogPageDto = components['schemas']['AuditLogPageDto'];
export type CustomerDataDto = components['schemas']['CustomerDataDto'];
export type CustomerDataPageDto = components['schemas']['CustomerDataPageDto'];
export type ErasureDto = components['schemas']['ErasureDto'];
export type CreateWebhookEndpointDto = components['schemas']['CreateWebhookEndpointDto'];
export type WebhookEndpointWithSecretDto = components['schemas']['WebhookEndpointWithSecretDto'];
export type WebhookEndpointDto = components['schemas']['WebhookEndpointDto'];
export type WebhookEndpointPageDto = components['schemas']['WebhookEndpointPageDto'];
export type ChangeWebhookEndpointDto = components['schemas']['ChangeWebhookEndpointDto'];
export type RotateWebhookSecretDto = components['schemas']['RotateWebhookSecretDto'];
export type ReplayWebhooksDto = components['schemas']['ReplayWebhooksDto'];
export type ReplayedWebhooksDto = components['schemas']['ReplayedWebhooksDto'];
export type WebhookDeliveryDto = components['schemas']['WebhookDeliveryDto'];
export type WebhookDeliveryPageDto = components['schemas']['WebhookDeliveryPageDto'];
export type WebhookAttemptDto = components['schemas']['WebhookAttemptDto'];
export type WebhookDeliveryDetailsDto = components['schemas']['WebhookDeliveryDetailsDto'];
export type $defs = Record<string, never>;
export interface operations {
    listOrders: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description The customer's e-mail address, case-insensitive. */
                email?: string;
                /** @description Only orders with exactly this reference. */
                reference?: string;
                /** @description Only orders created at or after this time. */
                created_from?: string;
                /** @description Only orders created before this time. */
                created_to?: string;
                /**
                 * @description Only orders with a line of this SKU. With this filter, an amount, a currency or a payment, one request searches at most
                 *     5,000 orders. If `has_more` is true, the next page continues the search, also after a page without entries.
                 */
                sku?: string;
                status?: "pending" | "awaiting_payment" | "reserved" | "processed" | "partially_shipped" | "shipped" | "completed" | "rejected" | "cancelled" | "partially_returned" | "returned";
                /** @description Only orders in this currency: an ISO 4217 code. */
                currency?: string;
                /** @description Only orders of at least this total amount, in minor units. */
                amount_from?: number;
                /** @description Only orders of at most this total amount, in minor units. */
                amount_to?: number;
                /**
                 * @description `none`: only orders without online payment. `any`: only orders with one. Otherwise the status of the payment. This filter
                 *     requires the scope payments:read, too.
                 */
                payment?: "none" | "any" | "requested" | "pending" | "captured" | "failed" | "cancelled";
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    placeOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlaceOrderDto"];
            };
        };
        responses: {
            /** @description The order is stored and will be processed. */
            202: {
                headers: {
                    /** @description URL of the order */
                    Location?: string;
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `email_not_own`, `cross_site_request`: The caller does not have the required scope, or is a customer and names another e-mail address, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_in_progress`: A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    countOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of orders by status. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderCountsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order with its lines and timeline. */
            200: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the version that the caller has read. If the version is another one meanwhile, the request is refused with 412. Without the header, the change is made to any version. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelOrderDto"];
            };
        };
        responses: {
            /** @description The cancelled order. */
            200: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_if_match`, `invalid_idempotency_key`: The body is not JSON, the id is invalid, or `If-Match` is not a list of entity tags. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_cancellable`, `stock_too_large`, `idempotency_in_progress`: The order is already shipped or rejected, or more of a product would be on hand than the maximum. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `version_stale`: The order or product has another version than `If-Match` names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getOrderJourney: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The journey of the order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JourneyDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    watchOrders: {
        parameters: {
            query?: {
                /** @description Only events of this order. */
                order_id?: number;
            };
            header?: {
                /** @description Id of the last event that the client got: later ones are sent again, as far as they are kept. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. It does not end by itself. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order of `order_id` does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `not_acceptable`: The header `Accept` does not contain `text/event-stream`. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `too_many_streams`: The caller has ten open streams already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    shipOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the version that the caller has read. If the version is another one meanwhile, the request is refused with 412. Without the header, the change is made to any version. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ShipOrderDto"];
            };
        };
        responses: {
            /** @description The order. The new shipment is the last one of `shipments`. */
            201: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_if_match`, `invalid_idempotency_key`: The body is not JSON, the id is invalid, or `If-Match` is not a list of entity tags. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_shippable`, `shipment_too_large`, `too_many_shipments`, `idempotency_in_progress`: The order is not processed yet or all of it is shipped, or more would be shipped than was ordered, or the order has the maximum number of shipments. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `version_stale`: The order or product has another version than `If-Match` names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    returnOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the version that the caller has read. If the version is another one meanwhile, the request is refused with 412. Without the header, the change is made to any version. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReturnOrderDto"];
            };
        };
        responses: {
            /** @description The order. The new return is the last one of `returns`. */
            201: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_if_match`, `invalid_idempotency_key`: The body is not JSON, the id is invalid, or `If-Match` is not a list of entity tags. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_returnable`, `return_too_large`, `too_many_returns`, `stock_too_large`, `idempotency_in_progress`: Not all of the order is shipped or all of it is returned, or more would be returned than was shipped, or the order has the maximum number of returns, or more of a product would be on hand than the maximum. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `version_stale`: The order or product has another version than `If-Match` names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    completeOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
                /** @description The `ETag` of the version that the caller has read. If the version is another one meanwhile, the request is refused with 412. Without the header, the change is made to any version. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The completed order. */
            200: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_if_match`, `invalid_idempotency_key`: The body is not JSON, the id is invalid, or `If-Match` is not a list of entity tags. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_found`: The order does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `order_not_completable`, `idempotency_in_progress`: Not all of the order is shipped, or a part of it was returned. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `version_stale`: The order or product has another version than `If-Match` names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_key_reused`: The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listProducts: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description Only the product with this SKU. */
                sku?: string;
                /** @description Only active or only inactive products. */
                active?: boolean;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    createProduct: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProductDto"];
            };
        };
        responses: {
            /** @description The created product. */
            201: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `sku_taken`, `idempotency_in_progress`: Another product has this SKU. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    changeProduct: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the version that the caller has read. If the version is another one meanwhile, the request is refused with 412. Without the header, the change is made to any version. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProductDto"];
            };
        };
        responses: {
            /** @description The changed product. */
            200: {
                headers: {
                    /** @description The version, for the header If-Match of a change */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_if_match`: The body is not JSON, the id is invalid, or `If-Match` is not a list of entity tags. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `sku_taken`: Another product has this SKU. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `version_stale`: The order or product has another version than `If-Match` names. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getStock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Quantity on hand, reserved and available. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listReservations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 reservations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    receiveStock: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReceiptDto"];
            };
        };
        responses: {
            /** @description The new stock and the recorded movement. */
            201: {
                headers: {
                    /** @description URL of the movement */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedMovementDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `stock_too_large`, `idempotency_in_progress`: The quantity on hand would exceed the maximum. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    adjustStock: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustmentDto"];
            };
        };
        responses: {
            /** @description The new stock and the recorded movement. */
            201: {
                headers: {
                    /** @description URL of the movement */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordedMovementDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `stock_below_reserved`, `idempotency_in_progress`: The quantity on hand would fall below the reserved quantity, or (`stock_too_large`) exceed the maximum. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getMovement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                movement_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The movement. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovementDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `movement_not_found`: The product has no movement with this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listMovements: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of movements. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovementPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listStock: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description Only products whose SKU or name contains this text, case-insensitive. */
                search?: string;
                /** @description `out`: products of which nothing is available. `low`: products whose stock is not above their reorder point. */
                level?: "out" | "low";
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of products. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listNotifications: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                order_id?: number;
                state?: "pending" | "sent" | "failed" | "withheld";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of notifications. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    previewNotification: {
        parameters: {
            query?: {
                kind?: "order_processed" | "order_rejected" | "order_cancelled" | "order_shipped" | "order_returned" | "order_refunded" | "payment_failed" | "low_stock";
                locale?: "en" | "pt-BR";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What a recipient would read. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailPreviewDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getMail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the recipient reads. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailPreviewDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `notification_not_found`: The notification does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    resendNotification: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The mail is pending and will be sent. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `notification_not_found`: The notification does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `notification_pending`, `notification_erased`, `idempotency_in_progress`: The mail is pending, or the personal data of its recipient was erased. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_key_reused`: The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `mail_limit_reached`, `rate_limited`: The recipient has got the maximum number of mails within an hour. Nothing was changed. Repeat the request after the seconds in `Retry-After`. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getMailSettings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's e-mail address, percent-encoded. Upper and lower case make no difference. */
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings of the address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailSettingsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_email`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_own`, `cross_site_request`: The caller does not have the required scope, or is a customer and names another e-mail address, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    changeMailSettings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's e-mail address, percent-encoded. Upper and lower case make no difference. */
                email: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeMailSettingsDto"];
            };
        };
        responses: {
            /** @description The settings of the address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailSettingsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_email`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_own`, `cross_site_request`: The caller does not have the required scope, or is a customer and names another e-mail address, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    suppressMails: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's e-mail address, percent-encoded. Upper and lower case make no difference. */
                email: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SuppressDto"];
            };
        };
        responses: {
            /** @description The settings of the address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailSettingsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_email`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    endMailSuppression: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's e-mail address, percent-encoded. Upper and lower case make no difference. */
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings of the address. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailSettingsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_email`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                order_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of payments. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentDetailsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `payment_not_found`: The payment does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    refundPayment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefundRequestDto"];
            };
        };
        responses: {
            /** @description The refund is requested. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `payment_not_found`: The payment does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `refund_too_large`, `idempotency_in_progress`: More would be refunded than was captured. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    receiveSimulatedWebhook: {
        parameters: {
            query?: never;
            header: {
                /** @description As `Stripe-Signature`. */
                "payment-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example charge.updated */
                    type?: string;
                    /**
                     * @description Key of the charge that has changed
                     * @example payment-31-0198f2c1-7d5b-4c1e-9a51-3f0f8d0c7b11
                     */
                    idempotency_key?: string;
                };
            };
        };
        responses: {
            /** @description The webhook is accepted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_signature`, `signature_expired`, `malformed_request`: The signature is missing, wrong or too old, or the body is not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_not_configured`: The system does not use this gateway, or has no secret for it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    receiveStripeWebhook: {
        parameters: {
            query?: never;
            header: {
                /** @description Signature of the body by Stripe. */
                "stripe-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The webhook is accepted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_signature`, `signature_expired`, `malformed_request`: The signature is missing, wrong or too old, or the body is not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_not_configured`: The system does not use this gateway, or has no secret for it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                queue?: string;
                event?: string;
                reason?: string;
                /**
                 * @description Text in the body, the headers, the properties or the error; the case of letters is ignored. One request searches at
                 *     most 2,000 dead letters and 16 MiB. If `has_more` is true, the next page continues the search, also after a page
                 *     without entries.
                 */
                text?: string;
                state?: "open" | "replaying" | "replayed" | "discarded";
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                /** @description `key` of a group of dead letters. */
                group?: string;
                /** @description Order that the message is about. */
                order_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of dead letters. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listDeadLetterGroups: {
        parameters: {
            query?: {
                queue?: string;
                event?: string;
                reason?: string;
                /** @description Order that the message is about. */
                order_id?: number;
                /** @description `key` of a group of dead letters. */
                group?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 groups. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterGroupsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    countDeadLetters: {
        parameters: {
            query?: {
                queue?: string;
                event?: string;
                reason?: string;
                /** @description Text in the body, the headers, the properties or the error; the case of letters is ignored. */
                text?: string;
                /** @description Order that the message is about. */
                order_id?: number;
                /** @description `key` of a group of dead letters. */
                group?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their number. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterCountDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    replayDeadLetters: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilteredActionDto"];
            };
        };
        responses: {
            /** @description The job is stored and will run. */
            202: {
                headers: {
                    /** @description URL of the job */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterJobDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `too_many_dead_letter_jobs`, `idempotency_in_progress`: 100 jobs are unfinished. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    discardDeadLetters: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilteredActionDto"];
            };
        };
        responses: {
            /** @description The job is stored and will run. */
            202: {
                headers: {
                    /** @description URL of the job */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterJobDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `too_many_dead_letter_jobs`, `idempotency_in_progress`: 100 jobs are unfinished. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dead letter with its history of actions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterDetailsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getDeadLetterBody: {
        parameters: {
            query?: {
                /** @description Number of bytes to skip. */
                offset?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes of the body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listOrderEventsOfDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderEventsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    replayDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonedActionDto"];
            };
        };
        responses: {
            /** @description The dead letter with its history of actions, without its content. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClosedDeadLetterDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_closed`, `dead_letter_replaying`, `dead_letter_not_replayable`, `idempotency_in_progress`: The dead letter is already replayed or discarded, or is being replayed. Or its queue does not exist, or its body is too large. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    checkDeadLetterBody: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditedBodyDto"];
            };
        };
        responses: {
            /** @description The violations of the contract. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckedBodyDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    dryRunDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DryRunRequestDto"];
            };
        };
        responses: {
            /** @description The effect of the message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRunsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_replayable`: Its queue does not exist, or its body is not complete. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    editAndReplayDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditAndReplayDto"];
            };
        };
        responses: {
            /** @description The dead letter with its history of actions, without its content. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClosedDeadLetterDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_closed`, `dead_letter_replaying`, `dead_letter_not_replayable`, `idempotency_in_progress`: The dead letter is already replayed or discarded, or is being replayed. Or its queue does not exist, or its body is too large. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    discardDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReasonedActionDto"];
            };
        };
        responses: {
            /** @description The dead letter with its history of actions, without its content. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClosedDeadLetterDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_not_found`: The dead letter does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_closed`, `dead_letter_replaying`, `idempotency_in_progress`: The dead letter is already replayed or discarded, or is being replayed. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    compareLedger: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the product */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The comparison. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerComparisonDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    repairDiscrepancy: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Id of the product */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RepairDto"];
            };
        };
        responses: {
            /** @description The movement. */
            201: {
                headers: {
                    /** @description URL of the movement */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovementDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `product_not_found`: The product does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `discrepancy_changed`, `no_discrepancy`, `idempotency_in_progress`: The difference is another one now, or there is none. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listDeadLetterJobs: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of jobs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterJobPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getDeadLetterJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterJobDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_job_not_found`: The job does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    cancelDeadLetterJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActorDto"];
            };
        };
        responses: {
            /** @description The cancelled job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterJobDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_job_not_found`: The job does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `dead_letter_job_ended`: The job is already finished or cancelled. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listStuckOrders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 100 stuck orders; normally none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StuckOrdersDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getLastAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 1,000 discrepancies; normally none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `audit_not_found`: No audit has finished yet. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    requestAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The audit will be run. */
            202: {
                headers: {
                    /** @description URL of the audit */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listAudits: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of audits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getAudit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The audit, with its result if it has succeeded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `audit_not_found`: The audit does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    measureOutbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Number of events in the outbox, and the age of the oldest one. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutboxDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getFlow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state of the flow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getFlowHistory: {
        parameters: {
            query?: {
                /** @description Default: `15m`. */
                period?: "15m" | "24h";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most about 290 samples. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowHistoryDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getConfiguration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The configuration of the process that answered. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller with their scopes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDto"];
                };
            };
            /** @description `malformed_request`: The request is malformed. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of API keys, also of revoked ones. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKeyDto"];
            };
        };
        responses: {
            /** @description The API key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKeyDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The API key, without the key itself. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `api_key_not_found`: The API key does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The revoked API key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `api_key_not_found`: The API key does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listAuditLog: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description Only changes by this actor. */
                actor?: string;
                /** @description Only changes of this object, as its type and its id. */
                object?: string;
                /** @description Only changes at or after this time. */
                at_from?: string;
                /** @description Only changes before this time. */
                at_to?: string;
                action?: "order.cancelled" | "order.shipped" | "order.completed" | "order.returned" | "refund.requested" | "product.created" | "product.changed" | "stock.received" | "stock.adjusted" | "notification.resent" | "mail_settings.changed" | "dead_letter.replayed" | "dead_letter.discarded" | "dead_letter_job.created" | "dead_letter_job.cancelled" | "audit.requested" | "erasure.requested" | "api_key.created" | "api_key.revoked" | "webhook_endpoint.created" | "webhook_endpoint.changed" | "webhook_endpoint.enabled" | "webhook_endpoint.disabled" | "webhook_endpoint.deleted" | "webhook_endpoint.secret_rotated" | "webhook_endpoint.replayed";
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the audit log. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditLogPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    exportCustomerData: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The customer's e-mail address, percent-encoded. Upper and lower case make no difference. */
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the data. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerDataPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_email`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    eraseCustomerData: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer's e-mail address, percent-encoded. Upper and lower case make no difference. */
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The erasure is stored and will run. */
            202: {
                headers: {
                    /** @description URL of the erasure */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureDto"];
                };
            };
            /** @description `malformed_request`, `invalid_email`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `customer_has_open_orders`: An order of the customer is neither processed, rejected nor cancelled. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getErasure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The erasure, without the customer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasureDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `erasure_not_found`: The erasure does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of endpoints. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateWebhookEndpointDto"];
            };
        };
        responses: {
            /** @description The endpoint. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecretDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `too_many_webhook_endpoints`: There are 20 endpoints already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint, without its secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    deleteWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint is deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    changeWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeWebhookEndpointDto"];
            };
        };
        responses: {
            /** @description The changed endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    enableWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The enabled endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_in_progress`: A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_key_reused`: The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    disableWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The disabled endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_in_progress`: A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_key_reused`: The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateWebhookSecretDto"];
            };
        };
        responses: {
            /** @description The endpoint with its new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecretDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    replayWebhooks: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayWebhooksDto"];
            };
        };
        responses: {
            /** @description The events will be sent. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayedWebhooksDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_replay_too_large`, `idempotency_in_progress`: The period has more than 10,000 events. A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`, `idempotency_key_reused`: Fields are unknown, missing or invalid; `errors` lists each of them. The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description Maximum number of entries. */
                limit?: number;
                /** @description `next_cursor` of the previous page. */
                cursor?: string;
                state?: "pending" | "delivered" | "failed";
                /** @description Only events of this order. */
                order_id?: number;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPageDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_endpoint_not_found`: The endpoint does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `validation_failed`: Fields are unknown, missing or invalid; `errors` lists each of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    getWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
                delivery_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryDetailsDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`: The body is not JSON, or an id or cursor is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`: The caller does not have the scope that the operation requires. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_delivery_not_found`, `webhook_endpoint_not_found`: The endpoint or the delivery does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
    replayWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value that is unique to this request, for example a UUID. If a request is repeated with the same key within 24 hours, it is not carried out again: the first answer is returned, with the header `Idempotent-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
                delivery_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event will be sent. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayedWebhooksDto"];
                };
            };
            /** @description `malformed_request`, `invalid_id`, `invalid_cursor`, `invalid_idempotency_key`: The body is not JSON, or an id or cursor is invalid. The idempotency key is empty, too long or not printable ASCII. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `invalid_credential`, `credential_missing`: The request has no token or API key, or an invalid one. The header `WWW-Authenticate` says how to send one. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `insufficient_scope`, `email_not_verified`, `cross_site_request`: The caller does not have the scope that the operation requires, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS). */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `webhook_delivery_not_found`, `webhook_endpoint_not_found`: The endpoint or the delivery does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `request_timeout`: The request did not arrive within 20 s. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_in_progress`: A request with this idempotency key is being handled; repeat it after the seconds in `Retry-After`. */
            409: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `answer_erased`: The request was carried out before. Its answer contained personal data, which was erased. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `body_too_large`: The body is larger than 100 kB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `url_too_long`: The URL has more than 8,000 characters. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unsupported_media_type`: The body is not application/json. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `expectation_failed`: The header Expect has another value than 100-continue. */
            417: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `idempotency_key_reused`: The idempotency key was used for another operation or another body. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `rate_limited`: The address or the caller has sent too many requests within a minute. */
            429: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `headers_too_large`: The headers have more than 16 kB. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `internal_error`: An unexpected error; it was logged. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
            /** @description `unavailable`, `overloaded`, `row_locked`, `database_unavailable`, `database_read_only`, `broker_unavailable`, `identity_provider_unavailable`, `outcome_unknown`: The process is overloaded, another session has locked a row, or the database or the broker is unavailable. Nothing was stored, unless the code is `outcome_unknown`: then the request may have been carried out. Repeat it after the seconds in `Retry-After`, with the same `Idempotency-Key`. */
            503: {
                headers: {
                    /** @description Seconds after which a repetition may succeed */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDto"];
                };
            };
        };
    };
}
