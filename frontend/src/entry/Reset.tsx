import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, got, outside } from "../api/client";
import { Trouble } from "../ui/states";
import { EntryPage } from "./EntryPage";

const back = <Link href="/sign-in">Back to sign in</Link>;

export default function Reset({ token }: { token: string | null }) {
  return token ? <NewPassword token={token} /> : <AskForLink />;
}

function AskForLink() {
  const [username, setUsername] = useState("");
  const ask = useMutation({
    mutationFn: () => got(api.POST("/api/v1/password-reset", { ...outside, body: { username } })),
  });
  return (
    <EntryPage title="Set a new password" onSubmit={() => ask.mutate()} foot={back}>
      {ask.isSuccess ? (
        <p>
          {ask.data?.detail ??
            "If there is such an account, its link was sent. Where no mail is set up, an administrator of your tenant can give it to you."}
        </p>
      ) : (
        <>
          {ask.isError && <Trouble error={ask.error} />}
          <TextInput
            label="Username or e-mail"
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <Button type="submit" loading={ask.isPending} disabled={!username}>
            Send the link
          </Button>
        </>
      )}
    </EntryPage>
  );
}

function NewPassword({ token }: { token: string }) {
  const [password, setPassword] = useState("");
  const confirm = useMutation({
    mutationFn: () => api.POST("/api/v1/password-reset/confirm", { ...outside, body: { token, password } }),
  });
  return (
    <EntryPage title="Set a new password" onSubmit={() => confirm.mutate()} foot={back}>
      {confirm.isSuccess ? (
        <p>The new password is set. {back}.</p>
      ) : (
        <>
          {confirm.isError && <Trouble error={confirm.error} />}
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={confirm.isPending} disabled={!password}>
            Set it
          </Button>
        </>
      )}
    </EntryPage>
  );
}
