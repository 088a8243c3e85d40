/** Every text of this folder, by the file that shows it. */
export const texts = {
  // ChooseTenant.tsx
  chooseTenantTitle: "Choose tenant · Plantrace",
  noTenants: "You are not a member of any tenant",
  goToTenants: "Go to tenants",
  noTenantsOperator:
    "Operators manage tenants but cannot see their data. Ask a tenant's administrator for an invitation.",
  noTenantsMember: "Ask an administrator of your plant for an invitation link.",
  chooseTenant: "Choose tenant",
  // EntryPage.tsx
  pageTitle: (title: string) => `${title} · Plantrace`,
  product: "Plantrace",
  // SignIn.tsx
  tryAgainIn: (minutes: number) => ` Try again in ${minutes} min, or reset your password.`,
  signIn: "Sign in",
  forgotPassword: "Forgot your password?",
  resetPassword: "Reset password",
  username: "Username",
  password: "Password",
  // Invite.tsx
  invitationInvalid: "This invitation is not valid",
  joinTenant: (name: string) => `Join ${name}`,
  linkOnce: "The link can be used once.",
  invitedAs: (role: string) =>
    `You are invited as ${role}. If you already have an account, enter its username and password.`,
  passwordRules: "At least 10 characters; common passwords are rejected.",
  join: "Join",
  // Reset.tsx
  backToSignIn: "Back to sign in",
  resetLinkSent:
    "If the account exists, a link has been sent. If e-mail is not configured, an administrator of your tenant can give you the link.",
  usernameOrEmail: "Username or e-mail",
  sendResetLink: "Send reset link",
  passwordChanged: "Your password has been changed.",
  newPassword: "New password",
  setPassword: "Set password",
};
