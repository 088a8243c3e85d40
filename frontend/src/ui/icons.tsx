import type { ReactNode } from "react";

/** Line icons, one stroke width, in the colour of the text beside them. */
function Icon({ children, size = 20 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}
type Props = { size?: number };

export const HomeIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3 9.5 10 3.5l7 6M5 8v8.5h10V8M8.2 16.5v-4.5h3.6v4.5" />
  </Icon>
);
export const PlantIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="5" cy="10" r="2.6" />
    <path d="M7.6 10H12M12 7h5.5v6H12z" />
  </Icon>
);
export const TrendsIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3 3v14h14M5.5 13l3.2-4 3 2.2L16.5 5" />
  </Icon>
);
export const AlarmsIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M10 3.2 17.6 16.6H2.4zM10 8.2v4M10 14.2v.2" />
  </Icon>
);
export const WorkIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M7 4.5H4.5V17h11V4.5H13M7 3h6v3H7zM7.2 11.6l2.1 2.1 3.7-4.2" />
  </Icon>
);
export const DataIcon = (p: Props) => (
  <Icon {...p}>
    <ellipse cx="10" cy="4.8" rx="6" ry="2.2" />
    <path d="M4 4.8v10.4c0 1.2 2.7 2.2 6 2.2s6-1 6-2.2V4.8M4 10c0 1.2 2.7 2.2 6 2.2s6-1 6-2.2" />
  </Icon>
);
export const TenantsIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3.5 17V7.2L10 3l6.5 4.2V17zM7 17v-6.5h6V17M8.5 12.7h3M8.5 14.9h3" />
  </Icon>
);
export const PeopleIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="7.5" cy="7" r="2.8" />
    <path d="M2.5 16.5c.3-3 2.3-4.7 5-4.7s4.7 1.7 5 4.7M13 4.5a2.6 2.6 0 0 1 0 5M14.2 12c1.9.5 3 2 3.3 4.5" />
  </Icon>
);
export const ClockIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="10" cy="10" r="6.8" />
    <path d="M10 6.2V10l2.6 1.8" />
  </Icon>
);
export const SearchIcon = (p: Props) => (
  <Icon {...p}>
    <circle cx="8.8" cy="8.8" r="5.3" />
    <path d="m12.8 12.8 4 4" />
  </Icon>
);
export const CloseIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m5.5 5.5 9 9M14.5 5.5l-9 9" />
  </Icon>
);
export const CheckIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m5 10.5 3.5 3.5L15.5 6.5" />
  </Icon>
);
export const ChevronIcon = (p: Props) => (
  <Icon {...p}>
    <path d="m5.5 7.8 4.5 4.5 4.5-4.5" />
  </Icon>
);
export const LeftIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M13 4.5 6.5 10l6.5 5.5z" fill="currentColor" />
  </Icon>
);
export const RightIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M7 4.5 13.5 10 7 15.5z" fill="currentColor" />
  </Icon>
);
export const TreeIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3.5 4.5h5M6 4.5v10.5h4M6 9.5h4M10.5 8h6v3h-6zM10.5 13.5h6v3h-6z" />
  </Icon>
);
export const CopyIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M7.5 7.5h8.5v8.5H7.5zM12.5 7.5V4H4v8.5h3.5" />
  </Icon>
);
export const DashboardsIcon = (p: Props) => (
  <Icon {...p}>
    <path d="M3.5 3.5h6v7h-6zM12 3.5h4.5v4H12zM12 10h4.5v6.5H12zM3.5 13h6v3.5h-6z" />
  </Icon>
);
