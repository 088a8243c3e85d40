import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { api, noTenant } from "../api/client";
import { Problem, errorText } from "../api/problem";
import { readAhead } from "../tenant";
import { ErrorMessage } from "../ui/states";
import { EntryPage } from "./EntryPage";
import { safeNext } from "./safeNext";
import { texts } from "./texts";

function trouble(error: unknown): string {
  if (
    error instanceof Problem &&
    (error.status === 429 || (error.status === 403 && /lock|attempt/i.test(errorText(error))))
  ) {
    const wait = Number(error.extra.retry_after);
    const minutes = wait > 0 ? texts.tryAgainIn(Math.ceil(wait / 60)) : "";
    return errorText(error) + (minutes && !/again/i.test(errorText(error)) ? minutes : "");
  }
  return errorText(error);
}

interface Props {
  /** Called as soon as it is known where the person goes: the page's code is loaded meanwhile. */
  preload: (path: string) => void;
}

export function SignIn({ preload }: Props) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [, navigate] = useLocation();
  const next = safeNext(new URLSearchParams(useSearch()).get("next"));
  const client = useQueryClient();
  const signIn = useMutation({
    mutationFn: () => api.POST("/api/v1/session", { ...noTenant, body: { username, password } }),
    onSuccess: () => {
      client.clear();
      navigate(next, { replace: true });
      readAhead(client);
    },
  });
  useEffect(() => preload(next), [preload, next]);
  return (
    <EntryPage
      title={texts.signIn}
      onSubmit={() => signIn.mutate()}
      foot={
        <>
          {texts.forgotPassword} <Link href="/password-reset">{texts.resetPassword}</Link>
        </>
      }
    >
      {signIn.isError && <ErrorMessage>{trouble(signIn.error)}</ErrorMessage>}
      <TextInput
        label={texts.username}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        withAsterisk={false}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        label={texts.password}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={signIn.isPending} disabled={!username || !password}>
        {texts.signIn}
      </Button>
    </EntryPage>
  );
}
