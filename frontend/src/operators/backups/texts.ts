/** Every text of this folder, by the file that shows it. */
export const texts = {
  // DeleteBackup.tsx
  deleteBackup: (name: string) => `Delete backup of ${name}`,
  archiveDeletedPermanentlyTenant: (created: string, bytes: string) =>
    `The archive of ${created} (${bytes}) is deleted permanently. The tenant and its other backups are not affected.`,
  onlyEntryRemovedThere: "Only this entry is removed; there is no archive.",
  deleteLabel: "Delete",
  // Restore.tsx
  restoreIntoNewTenant: (name: string) => `Restore ${name} into a new tenant`,
  backup: "The backup of",
  restoredIntoNewTenant: ") is restored into a new tenant with its samples, documents and limits.",
  notChanged: (name: string) => `${name} is not changed.`,
  nameNewTenant: "Name of the new tenant",
  slug: "Slug",
  usedUrlsCannotChanged: "Used in URLs. Cannot be changed later.",
  acceptArchiveNotSigned: "Accept an archive not signed by this installation",
  onlyArchivesFromTrusted: "Only for archives from a trusted source: their contents are written to the databases.",
  membersTokensPasswordsNot:
    "Members, tokens and passwords are not included in a backup. Invite an administrator when the tenant is ready.",
  restore: "Restore",
  restoreContinuesIfYou: "The restore continues if you close this dialog; see the tenant's page for progress.",
  retry: "Retry",
  open: (name: string) => `Open ${name}`,
  close: "Close",
  // index.tsx
  backups: (total: number) => `Backups · ${total}`,
  backups2: "Backups",
  noBackupsBackupArchive:
    "No backups. A backup is an archive of samples, documents and limits that can be restored into a new tenant. Members, tokens and passwords are not included.",
  restoreButton: "Restore…",
  deleteLabelButton: "Delete…",
  showAll: (total: number) => `Show all ${total}`,
  backUpNow: "Back up now",
  onlyTenantsStateReady: "Only tenants in state “Ready” can be backed up.",
  failed: "Failed",
  cancelled: "Cancelled",
  archiveMissing: "Archive missing",
  by: "by",
  commandLine: "command line",
  previousTenantSlug: (name: string) => `, of a previous tenant with this slug (${name})`,
  fixCauseRetry: "Fix the cause and retry.",
  tarGzNoLonger: ".tar.gz is no longer in BACKUP_FOLDER.",
  putBackRestore: "Put it back to restore it.",
  queued: "Queued",
  cancel: "Cancel",
};
