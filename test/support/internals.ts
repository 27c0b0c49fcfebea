/** What no answer may tell of the inside of the system, with the texts by which it is recognized. */
const INTERNALS: Record<string, RegExp> = {
  'a stack trace': /(^|\\n|\n)\s+at \S|\.[cm]?[jt]s:\d+/,
  'a file path': /node_modules|\bdist\/|\blibs\/|\/(home|root|tmp|usr|var|etc|app)\/[\w.-]/,
  SQL: /\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bUPDATE \w+ SET\b|\bDELETE FROM\b|\b(relation|column|constraint) \\?"/i,
  'a version': /\b(node(\.js)?|fastify|nest(js)?|postgres(ql)?|rabbitmq|typeorm|helmet)\b[ /@v]*\d/i,
  'a version number': /(?<![\w.])v?\d+\.\d+\.\d+(?![\w.])/,
};

/** @returns what a text tells of the inside of the system; empty if nothing */
export const findInternals = (text: string): string[] =>
  Object.entries(INTERNALS).flatMap(([kind, pattern]) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [`${kind}: ${found.trim().slice(0, 100)}`];
  });
