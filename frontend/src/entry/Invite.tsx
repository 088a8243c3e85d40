import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { call } from "../api/client";
import { Failed, Trouble, Waiting } from "../ui/states";
import { EntryPage } from "./EntryPage";

interface Invitation {
  tenant: { slug: string; name: string } | string;
  role: string;
  email?: string;
}

/** The one-time link of an invitation: see who invites, choose a name and a password, be inside. */
export default function Invite({ token }: { token: string }) {
  const path = `/api/v1/invitations/${encodeURIComponent(token)}`;
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => call<Invitation>("GET", path, { tenant: null }),
    retry: false,
  });
  const accept = useMutation({
    mutationFn: async () => {
      await call("POST", path, { body: { username, password }, tenant: null });
      await call("POST", "/api/v1/session", { body: { username, password }, tenant: null });
    },
    onSuccess: () => {
      client.clear();
      navigate("/", { replace: true });
    },
  });
  if (invitation.isPending) return <Waiting />;
  if (invitation.isError) {
    return <Failed what="This invitation cannot be used" error={invitation.error} />;
  }
  const { tenant, role } = invitation.data;
  const name = typeof tenant === "string" ? tenant : tenant.name;
  return (
    <EntryPage title={`Join ${name}`} onSubmit={() => accept.mutate()} foot="The link works once.">
      <p>You are invited as {role}. Have an account already? Enter its username and password.</p>
      {accept.isError && <Trouble error={accept.error} />}
      <TextInput
        label="Username"
        autoComplete="username"
        autoCapitalize="none"
        autoFocus
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <PasswordInput
        label="Password"
        autoComplete="new-password"
        description="At least 10 characters, not a common one."
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={accept.isPending} disabled={!username || !password}>
        Join
      </Button>
    </EntryPage>
  );
}
