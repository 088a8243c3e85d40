import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, noTenant } from "../api/client";
import { View } from "../frame";
import { BrowserPush } from "../notifications";
import { useMe } from "../tenant";
import { Card } from "../ui/Card";
import { SubmitForm } from "../ui/SubmitForm";
import ui from "../ui/ui.module.css";
import { Tokens } from "./Tokens";
import styles from "./people.module.css";
import { texts } from "./texts";

export default function Account() {
  return (
    <View headed title={texts.account}>
      <div className={`${ui.page} ${styles.narrow}`}>
        <div className={ui.pageHead}>
          <h1>{texts.account}</h1>
        </div>
        <div className={styles.pair}>
          <Person />
          <Password />
        </div>
        <Notifications />
        <Tokens />
      </div>
    </View>
  );
}

function Person() {
  const { user } = useMe().data!;
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [current, setCurrent] = useState("");
  const moves = email !== user.email;
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      api.PATCH("/api/v1/me", { ...noTenant, body: moves ? { name, email, current_password: current } : { name } }),
    onSuccess: () => {
      setCurrent("");
      return client.invalidateQueries({ queryKey: ["me"] });
    },
  });
  const submit = () => save.mutate();
  return (
    <Card title={texts.profile}>
      <SubmitForm onSubmit={submit} error={save.error}>
        <TextInput label={texts.username} value={user.username} readOnly />
        <TextInput label={texts.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label={texts.email}
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {moves && (
          <PasswordInput
            label={texts.yourPassword}
            description={user.email && texts.emailChangeHint}
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
        <div className={ui.actions}>
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={moves ? !current : name === user.name}
          >
            {save.isSuccess && name === user.name && !moves ? texts.saved : texts.save}
          </Button>
        </div>
      </SubmitForm>
    </Card>
  );
}

/** Alarms of which tenants are shown in this browser. */
function Notifications() {
  const { tenants, user } = useMe().data!;
  if (tenants.length === 0) return null;
  return (
    <Card title={texts.notifications}>
      <div className={styles.stack}>
        <p className={ui.quiet}>{user.email ? texts.notifiedAt(user.email) : texts.notNotified}</p>
        {tenants.map(({ slug, name }) => (
          <BrowserPush key={slug} tenant={slug} label={tenants.length > 1 ? texts.alarmsOf(name) : undefined} />
        ))}
      </div>
    </Card>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/me/password", { ...noTenant, body: { current, new: next, revoke_tokens: false } }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
    },
  });
  const submit = () => change.mutate();
  return (
    <Card title={texts.password}>
      <SubmitForm onSubmit={submit} error={change.error}>
        {change.isSuccess && <p role="status">{texts.passwordChanged}</p>}
        <PasswordInput
          label={texts.currentPassword}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={texts.newPassword}
          description={texts.passwordRules}
          autoComplete="new-password"
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <div className={ui.actions}>
          <Button type="submit" variant="default" loading={change.isPending} disabled={!current || !next}>
            {texts.changePassword}
          </Button>
        </div>
      </SubmitForm>
    </Card>
  );
}
