import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, got, outside } from "../api/client";
import { Failed, Trouble, Waiting } from "../ui/states";
import { EntryPage } from "./EntryPage";
import { texts } from "./texts";

/** The one-time link of an invitation: see who invites, choose a name and a password, be inside. */
export default function Invite({ token }: { token: string }) {
  const of = { ...outside, params: { path: { token } } };
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => got(api.GET("/api/v1/invitations/{token}", of)),
    retry: false,
  });
  const accept = useMutation({
    mutationFn: async () => {
      await api.POST("/api/v1/invitations/{token}", { ...of, body: { username, password, name: "" } });
      await api.POST("/api/v1/session", { ...outside, body: { username, password } });
    },
    onSuccess: () => {
      client.clear();
      navigate("/", { replace: true });
    },
  });
  if (invitation.isPending) return <Waiting />;
  if (invitation.isError) {
    return <Failed what={texts.invitationNotValid} error={invitation.error} />;
  }
  const { tenant: name, role } = invitation.data;
  return (
    <EntryPage title={texts.join(name)} onSubmit={() => accept.mutate()} foot={texts.linkCanUsedOnce}>
      <p>{texts.youInvitedIfYou(role)}</p>
      {accept.isError && <Trouble error={accept.error} />}
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
        description={texts.leastCharactersCommonPasswords}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={accept.isPending} disabled={!username || !password}>
        {texts.join2}
      </Button>
    </EntryPage>
  );
}
