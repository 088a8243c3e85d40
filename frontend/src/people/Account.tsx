import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import { api, outside } from "../api/client";
import { View } from "../frame";
import { useMe } from "../tenant";
import { Card } from "../ui/Card";
import { Trouble } from "../ui/states";
import ui from "../ui/ui.module.css";
import { Tokens } from "./Tokens";
import styles from "./people.module.css";

export default function Account() {
  return (
    <View title="Account">
      <div className={`${ui.page} ${styles.narrow}`}>
        <div className={ui.pageHead}>
          <h1>Account</h1>
        </div>
        <div className={styles.pair}>
          <Person />
          <Password />
        </div>
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
      api.PATCH("/api/v1/me", { ...outside, body: moves ? { name, email, current_password: current } : { name } }),
    onSuccess: () => {
      setCurrent("");
      return client.invalidateQueries({ queryKey: ["me"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Card title="You">
      <form className={ui.form} onSubmit={submit}>
        {save.isError && <Trouble error={save.error} />}
        <TextInput label="Username" value={user.username} readOnly />
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput
          label="E-mail"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {moves && (
          <PasswordInput
            label="Your password"
            description={user.email && "The old address is told of the change."}
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
            {save.isSuccess && name === user.name && !moves ? "Saved" : "Save"}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/me/password", { ...outside, body: { current, new: next, revoke_tokens: false } }),
    onSuccess: () => {
      setCurrent("");
      setNext("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Card title="Password">
      <form className={ui.form} onSubmit={submit}>
        {change.isError && <Trouble error={change.error} />}
        {change.isSuccess && <p role="status">The new password is set. Everywhere else you are signed out.</p>}
        <PasswordInput
          label="Current"
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New"
          description="At least 10 characters, not a common one."
          autoComplete="new-password"
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <div className={ui.actions}>
          <Button type="submit" variant="default" loading={change.isPending} disabled={!current || !next}>
            Change password
          </Button>
        </div>
      </form>
    </Card>
  );
}
