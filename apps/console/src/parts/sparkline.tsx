const MARGIN = 2;

interface Props {
  /** Says what the values are, for screen readers. */
  label: string;
  /** At least two values, the oldest one first. */
  values: readonly number[];
  /** In pixels. */
  width?: number;
  height?: number;
}

/** A small chart without axes. */
export function Sparkline({ label, values, width = 320, height = 48 }: Props) {
  const max = Math.max(1, ...values);
  const points = values.map((value, index) => {
    const x = MARGIN + (index / (values.length - 1)) * (width - 2 * MARGIN);
    const y = height - MARGIN - (value / max) * (height - 2 * MARGIN);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      display="block"
    >
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="var(--mantine-color-anchor)"
        strokeWidth="2"
        strokeLinejoin="round"
      />
    </svg>
  );
}
