import { useFormat } from '../i18n/format.js';

/** A time, with how long ago it was in its title. */
export function Time({ at }: { at: string }) {
  const format = useFormat();
  return (
    <time dateTime={at} title={format.relative(at)}>
      {format.dateTime(at)}
    </time>
  );
}
