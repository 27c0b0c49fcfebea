import type { EventDefinition } from '@estoque/messaging';
import { toHtml } from '../../apps/api/src/http/errors-page.js';
import { republishersOf, type Wire } from './asyncapi.js';
import { exampleBodies } from './examples.js';
import { htmlPage, htmlTable as table } from './html-page.js';
import { typeOf } from './events-page.js';
import { bodySchema, type JsonSchema } from './schemas.js';

/** The page about the events, which the api serves at /asyncapi. It contains no script. */
export function asyncApiPage({ events, topology, consumers }: Wire): string {
  const queues = Object.entries(topology.workQueues).map(([queue, names]) => [
    code(queue),
    toHtml(consumers[queue] ?? ''),
    names.map(eventLink).join(', '),
  ]);
  return htmlPage(
    'Events',
    `<h1>Events</h1>
<p>Flat JSON messages on the topic exchange ${code(topology.eventsExchange)}, for clients in any language. The routing key is the name of the event. Delivery is at-least-once. Unknown fields are ignored. Changes within a version are additive.</p>
${table(
  ['event', 'when', 'published by'],
  events.map(({ name, summary, publishedBy }) => [
    eventLink(name),
    toHtml(summary),
    toHtml(publishedBy.join(', ')),
  ]),
)}
<h2>Queues</h2>
${table(['queue', 'consumer', 'events'], queues)}
${events.map(section).join('\n')}`,
  );
}

function section(event: EventDefinition): string {
  const { name, summary, version, publishedBy, consumedBy } = event;
  const republishers = republishersOf(event);
  return `<section id="${name}">
<h2>${toHtml(name)}</h2>
<p>${toHtml(summary)} Version ${version}. Published by ${toHtml(publishedBy.join(', '))}${
    republishers.length > 0 ? `, republished by the watchdog in ${toHtml(republishers.join(', '))}` : ''
  }. Consumed from ${consumedBy.map(code).join(', ')}.</p>
${table(['field', 'type', '', 'meaning'], fieldRows(bodySchema(event)))}
${exampleBodies(event)
  .map(({ title, body }) => `<h3>${toHtml(title)}</h3>\n<pre>${toHtml(JSON.stringify(body, null, 2))}</pre>`)
  .join('\n')}
</section>`;
}

function fieldRows({ properties = {}, required = [] }: JsonSchema, prefix = ''): string[][] {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const name = `${prefix}${field}`;
    const row = [
      code(name),
      toHtml(typeOf(schema)),
      required.includes(field) ? 'required' : 'optional',
      toHtml(schema.description ?? ''),
    ];
    return [row, ...fieldRows(schema, `${name}.`), ...fieldRows(schema.items ?? {}, `${name}[].`)];
  });
}

const eventLink = (name: string) => `<a href="#${name}">${code(name)}</a>`;

const code = (text: string) => `<code>${toHtml(text)}</code>`;
