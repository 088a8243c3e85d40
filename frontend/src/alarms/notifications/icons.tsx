const Arrow = ({ d }: { d: string }) => (
  <svg
    width={16}
    height={16}
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    aria-hidden="true"
  >
    <path d={d} strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);

export const UpIcon = () => <Arrow d="M10 16V4.5M5 9.5l5-5 5 5" />;
export const DownIcon = () => <Arrow d="M10 4v11.5M5 10.5l5 5 5-5" />;
