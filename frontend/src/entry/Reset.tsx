import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, unwrap, noTenant } from "../api/client";
import { ErrorMessage } from "../ui/states";
import { EntryPage } from "./EntryPage";
import { texts } from "./texts";

const back = <Link href="/sign-in">{texts.backToSignIn}</Link>;

export default function Reset({ token }: { token: string | null }) {
  return token ? <NewPassword token={token} /> : <AskForLink />;
}

function AskForLink() {
  const [username, setUsername] = useState("");
  const requestLink = useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/password-reset", { ...noTenant, body: { username } })),
  });
  return (
    <EntryPage title={texts.resetPassword} onSubmit={() => requestLink.mutate()} foot={back}>
      {requestLink.isSuccess ? (
        <p>{requestLink.data?.detail ?? texts.resetLinkSent}</p>
      ) : (
        <>
          {requestLink.isError && <ErrorMessage error={requestLink.error} />}
          <TextInput
            label={texts.usernameOrEmail}
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <Button type="submit" loading={requestLink.isPending} disabled={!username}>
            {texts.sendResetLink}
          </Button>
        </>
      )}
    </EntryPage>
  );
}

function NewPassword({ token }: { token: string }) {
  const [password, setPassword] = useState("");
  const confirm = useMutation({
    mutationFn: () => api.POST("/api/v1/password-reset/confirm", { ...noTenant, body: { token, password } }),
  });
  return (
    <EntryPage title={texts.resetPassword} onSubmit={() => confirm.mutate()} foot={back}>
      {confirm.isSuccess ? (
        <p>
          {texts.passwordChanged} {back}.
        </p>
      ) : (
        <>
          {confirm.isError && <ErrorMessage error={confirm.error} />}
          <PasswordInput
            label={texts.newPassword}
            autoComplete="new-password"
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={confirm.isPending} disabled={!password}>
            {texts.setPassword}
          </Button>
        </>
      )}
    </EntryPage>
  );
}
