/** Every text of this folder, by the file that shows it. */
export const texts = {
  // DeleteBackup.tsx
  deleteBackup: (name: string) => `Delete backup of ${name}`,
  deleteWarning: (created: string, bytes: string) =>
    `The archive of ${created} (${bytes}) is deleted permanently. The tenant and its other backups are not affected.`,
  deleteEntry: "Only this entry is removed; there is no archive.",
  delete: "Delete",
  // Restore.tsx
  restoreIntro: (created: string, size: string, original: string | undefined) =>
    `The backup of ${created} (${size}) is restored into a new tenant with its samples, documents and limits.${original ? ` ${original} is not changed.` : ""}`,
  restoredName: (name: string) => `${name} restored`,
  restoreIntoNewTenant: (name: string) => `Restore ${name} into a new tenant`,
  nameNewTenant: "Name of the new tenant",
  slug: "Slug",
  slugHint: "Used in URLs. Cannot be changed later.",
  acceptUnsigned: "Accept an archive not signed by this installation",
  acceptUnsignedHint: "Only for archives from a trusted source: their contents are written to the databases.",
  notIncluded:
    "Members, tokens and passwords are not included in a backup. Invite an administrator when the tenant is ready.",
  restore: "Restore",
  restoreContinues: "The restore continues if you close this dialog; see the tenant's page for progress.",
  retry: "Retry",
  open: (name: string) => `Open ${name}`,
  close: "Close",
  // index.tsx
  archiveGone: (id: string) => `${id}.tar.gz is no longer in BACKUP_FOLDER.`,
  backupsCount: (total: number) => `Backups · ${total}`,
  backups: "Backups",
  noBackups:
    "No backups. A backup is an archive of samples, documents and limits that can be restored into a new tenant. Members, tokens and passwords are not included.",
  restoreButton: "Restore…",
  deleteButton: "Delete…",
  showAll: (total: number) => `Show all ${total}`,
  backUpNow: "Back up now",
  onlyReady: "Only tenants in state “Ready” can be backed up.",
  failed: "Failed",
  cancelled: "Cancelled",
  archiveMissing: "Archive missing",
  by: "by",
  commandLine: "command line",
  previousTenant: (name: string) => `, of a previous tenant with this slug (${name})`,
  fixAndRetry: "Fix the cause and retry.",
  putBack: "Put it back to restore it.",
  queued: "Queued",
  cancel: "Cancel",
};
