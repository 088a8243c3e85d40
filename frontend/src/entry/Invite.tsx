import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, unwrap, noTenant } from "../api/client";
import { Failed, ErrorMessage, Loading } from "../ui/states";
import { EntryPage } from "./EntryPage";
import { texts } from "./texts";

/** The one-time link of an invitation: shows who invites, and takes a name and a password. */
export default function Invite({ token }: { token: string }) {
  const of = { ...noTenant, params: { path: { token } } };
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => unwrap(api.GET("/api/v1/invitations/{token}", of)),
    retry: false,
  });
  const accept = useMutation({
    mutationFn: async () => {
      await api.POST("/api/v1/invitations/{token}", { ...of, body: { username, password, name: "" } });
      await api.POST("/api/v1/session", { ...noTenant, body: { username, password } });
    },
    onSuccess: () => {
      client.clear();
      navigate("/", { replace: true });
    },
  });
  if (invitation.isPending) return <Loading />;
  if (invitation.isError) {
    return <Failed what={texts.invitationInvalid} error={invitation.error} />;
  }
  const { tenant: name, role } = invitation.data;
  return (
    <EntryPage title={texts.joinTenant(name)} onSubmit={() => accept.mutate()} foot={texts.linkOnce}>
      <p>{texts.invitedAs(role)}</p>
      {accept.isError && <ErrorMessage error={accept.error} />}
      <TextInput
        label={texts.username}
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        label={texts.password}
        autoComplete="new-password"
        description={texts.passwordRules}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={accept.isPending} disabled={!username || !password}>
        {texts.join}
      </Button>
    </EntryPage>
  );
}
