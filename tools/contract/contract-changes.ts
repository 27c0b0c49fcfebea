import {
  inlineReferences,
  type Answer,
  type Content,
  type OpenApi,
  type Operation,
  type Parameter,
  type SecurityRequirement,
} from './document.js';
import { findSchemaBreaks, type Direction } from './schema-changes.js';

/**
 * Compares the API's document with an earlier one. An operation whose sunset has passed may be changed and removed.
 *
 * @param today as YYYY-MM-DD
 * @returns the changes that break clients of `before`, each with the operation that it concerns
 */
export function findBreakingChanges(before: OpenApi, after: OpenApi, today: string): string[] {
  const [released, current] = [inlineReferences(before), inlineReferences(after)];
  return Object.entries(released.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => {
      const sunset = operation.deprecated ? operation['x-sunset'] : undefined;
      if (sunset !== undefined && sunset <= today) return [];
      const name = `${method.toUpperCase()} ${path}`;
      const successor = current.paths[path]?.[method];
      if (!successor) return [`${name} is removed${sunset ? ` before its sunset on ${sunset}` : ''}`];
      return [
        ...operationBreaks(operation, successor),
        ...accessBreaks(operation, successor),
        ...securityBreaks(
          operation.security ?? released.security ?? [],
          successor.security ?? current.security ?? [],
        ),
      ].map((change) => `${name}: ${change}`);
    }),
  );
}

function operationBreaks(before: Operation, after: Operation): string[] {
  const { operationId, 'x-sunset': sunset } = before;
  const newSunset = after['x-sunset'];
  return [
    // Generated clients name their methods by it.
    ...(after.operationId === operationId
      ? []
      : [`operationId changed from ${operationId} to ${after.operationId}`]),
    ...(sunset && newSunset && newSunset < sunset
      ? [`the sunset changed from ${sunset} to ${newSunset}`]
      : []),
    ...parameterBreaks(before.parameters ?? [], after.parameters ?? []),
    ...bodyBreaks(before.requestBody, after.requestBody),
    ...Object.entries(before.responses).flatMap(([status, answer]) => {
      const newAnswer = after.responses[status];
      return newAnswer ? answerBreaks(answer, newAnswer, status) : [`answer ${status} is removed`];
    }),
  ];
}

function parameterBreaks(before: Parameter[], after: Parameter[]): string[] {
  const nameOf = ({ in: location, name }: Parameter) =>
    `${location} parameter ${location === 'header' ? name.toLowerCase() : name}`;
  const byName = (parameters: Parameter[]) =>
    new Map(parameters.map((parameter) => [nameOf(parameter), parameter]));
  const [oldParameters, newParameters] = [byName(before), byName(after)];
  const changed = [...oldParameters].flatMap(([name, { schema, required }]) => {
    const parameter = newParameters.get(name);
    if (!parameter) return [`${name} is removed`];
    return [
      ...(parameter.required && !required ? [`${name} is now required`] : []),
      ...prefix(name, findSchemaBreaks(schema, parameter.schema, 'request')),
    ];
  });
  const added = [...newParameters].filter(([name, { required }]) => required && !oldParameters.has(name));
  return [...changed, ...added.map(([name]) => `${name} is added and required`)];
}

function bodyBreaks(before: Operation['requestBody'], after: Operation['requestBody']): string[] {
  if (!before) return after?.required ? ['the request body is now required'] : [];
  if (!after) return ['the request body is removed'];
  return [
    ...(after.required && !before.required ? ['the request body is now required'] : []),
    ...contentBreaks(before.content, after.content, 'request', 'request body'),
  ];
}

function answerBreaks(before: Answer, after: Answer, status: string): string[] {
  const headers = Object.entries(before.headers ?? {}).flatMap(([name, { schema }]) => {
    const header = after.headers?.[name];
    if (!header) return [`answer ${status}: header ${name} is removed`];
    return prefix(`answer ${status}: header ${name}`, findSchemaBreaks(schema, header.schema, 'answer'));
  });
  return [
    ...headers,
    ...contentBreaks(before.content ?? {}, after.content ?? {}, 'answer', `answer ${status}`),
  ];
}

function contentBreaks(before: Content, after: Content, direction: Direction, subject: string): string[] {
  return Object.entries(before).flatMap(([mediaType, { schema }]) => {
    const content = after[mediaType];
    if (!content) return [`${subject}: ${mediaType} is removed`];
    return prefix(subject, findSchemaBreaks(schema, content.schema, direction));
  });
}

/** A caller that was permitted to call the operation must stay permitted. */
function accessBreaks(before: Operation, after: Operation): string[] {
  const { 'x-required-scope': scope, 'x-customers': customers } = before;
  const newScope = after['x-required-scope'];
  return [
    ...(newScope === undefined || newScope === scope
      ? []
      : [`the required scope changed from ${scope ?? 'none'} to ${newScope}`]),
    ...(customers === 'own' && after['x-customers'] !== 'own' ? ['customers may no longer call it'] : []),
  ];
}

/** Each way to authorize a request must stay sufficient. No requirement is a way without credentials. */
function securityBreaks(before: SecurityRequirement[], after: SecurityRequirement[]): string[] {
  const waysOf = (requirements: SecurityRequirement[]) => (requirements.length > 0 ? requirements : [{}]);
  const suffices = (credentials: SecurityRequirement, requirement: SecurityRequirement) =>
    Object.entries(requirement).every(
      ([scheme, scopes]) =>
        scheme in credentials && scopes.every((scope) => credentials[scheme]!.includes(scope)),
    );
  return waysOf(before)
    .filter((credentials) => !waysOf(after).some((requirement) => suffices(credentials, requirement)))
    .map((credentials) => `the security ${JSON.stringify(credentials)} no longer suffices`);
}

const prefix = (subject: string, changes: string[]) => changes.map((change) => `${subject}: ${change}`);
