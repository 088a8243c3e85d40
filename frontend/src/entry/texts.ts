/** Every text of this folder, by the file that shows it. */
export const texts = {
  // ChooseTenant.tsx
  chooseTenantPlantrace: "Choose tenant · Plantrace",
  youNotMemberAny: "You are not a member of any tenant",
  goTenants: "Go to tenants",
  operatorsManageTenantsBut:
    "Operators manage tenants but cannot see their data. Ask a tenant's administrator for an invitation.",
  askAdministratorYourPlant: "Ask an administrator of your plant for an invitation link.",
  chooseTenant: "Choose tenant",
  // EntryPage.tsx
  plantrace: (title: string) => `${title} · Plantrace`,
  plantrace2: "Plantrace",
  // SignIn.tsx
  tryAgainMinReset: (minutes: number) => ` Try again in ${minutes} min, or reset your password.`,
  sign: "Sign in",
  forgotYourPassword: "Forgot your password?",
  resetPassword: "Reset password",
  username: "Username",
  password: "Password",
  // Invite.tsx
  invitationNotValid: "This invitation is not valid",
  join: (name: string) => `Join ${name}`,
  linkCanUsedOnce: "The link can be used once.",
  youInvitedIfYou: (role: string) =>
    `You are invited as ${role}. If you already have an account, enter its username and password.`,
  leastCharactersCommonPasswords: "At least 10 characters; common passwords are rejected.",
  join2: "Join",
  // Reset.tsx
  backSign: "Back to sign in",
  ifAccountExistsLink:
    "If the account exists, a link has been sent. If e-mail is not configured, an administrator of your tenant can give you the link.",
  usernameEMail: "Username or e-mail",
  sendResetLink: "Send reset link",
  yourPasswordBeenChanged: "Your password has been changed.",
  newPassword: "New password",
  setPassword: "Set password",
};
