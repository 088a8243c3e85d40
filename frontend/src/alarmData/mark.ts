import styles from "./mark.module.css";

/** The class of a place in which marks of unacknowledged alarms flash. */
export const flashing = styles.flashing;
