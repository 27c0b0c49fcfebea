interface Props {
  /** Names the text for screen readers. */
  label: string;
  text: string;
}

/** A text with line breaks and indentation if it is JSON, otherwise as it is. */
export function JsonText({ label, text }: Props) {
  return (
    <pre className="code" role="region" aria-label={label} tabIndex={0}>
      {prettyPrinted(text)}
    </pre>
  );
}

function prettyPrinted(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
