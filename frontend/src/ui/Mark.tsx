/** The product's logo: two steps of a signal. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path fill="var(--pt-accent)" d="M5 13h7v8H6a1 1 0 0 1-1-1z" />
      <path fill="var(--pt-accent)" opacity=".62" d="M12 3h6a1 1 0 0 1 1 1v9h-7z" />
    </svg>
  );
}
