import { Button, Checkbox, Modal, PasswordInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { useMe } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Actions } from "../ui/Actions";
import { Card } from "../ui/Card";
import { CopyField } from "../ui/CopyField";
import { Failed, ErrorMessage } from "../ui/states";
import { SubmitForm } from "../ui/SubmitForm";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { makeToken, readDevice, readTokens, revokeToken } from "./api";
import styles from "./people.module.css";
import { texts } from "./texts";

type Scope = "read" | "write" | "ingest";
const SCOPES = [
  { value: "read", label: texts.scopeRead },
  { value: "write", label: texts.scopeWrite },
  { value: "ingest", label: texts.scopeIngest },
];
const LIFETIMES = [
  { value: "30", label: texts.days30 },
  { value: "365", label: texts.oneYear },
  { value: "never", label: texts.noExpiry },
];
const PLATFORM = "operators";

/** Tokens for programs and devices: each for one tenant, with its scopes, revocable. */
export function Tokens() {
  const [making, setMaking] = useState(false);
  const client = useQueryClient();
  const tokens = useQuery({ queryKey: ["tokens"], queryFn: ({ signal }) => readTokens(signal) });
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSettled: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <Card
      flush
      title={texts.apiTokens}
      aside={
        <Button variant="default" onClick={() => setMaking(true)}>
          {texts.newToken}
        </Button>
      }
    >
      {tokens.isError && <Failed error={tokens.error} retry={() => void tokens.refetch()} />}
      {revoke.isError && <ErrorMessage error={revoke.error} />}
      {tokens.data?.length === 0 && (
        <p className={ui.quiet} style={{ padding: "0 14px 14px" }}>
          {texts.noTokens}
        </p>
      )}
      {!!tokens.data?.length && (
        <DataTable
          rows={tokens.data}
          keyOf={(token) => token.id}
          columns={[
            {
              head: texts.name,
              cell: (token) => (
                <>
                  <b style={{ fontWeight: 600 }}>{token.kind === "login" ? texts.apiSignIn : token.name}</b>
                  <div className={ui.sub}>
                    {token.hint}
                    {token.device && token.tenant && <BoundTo tenant={token.tenant} device={token.device} />}
                  </div>
                </>
              ),
            },
            { head: texts.tenant, cell: (token) => token.tenant ?? texts.allYourPermissions },
            {
              head: texts.scopes,
              cell: (token) => (token.kind === "login" ? texts.allYourPermissions : token.scopes.join(", ")),
            },
            {
              head: texts.lastUsed,
              cell: (token) => (token.last_used === null ? texts.never : <Ago ms={token.last_used} />),
            },
            {
              head: texts.expires,
              cell: (token) => (token.expires === null ? texts.never : <Ago ms={token.expires} />),
            },
            {
              number: true,
              cell: (token) => (
                <Button variant="default" onClick={() => revoke.mutate(token.id)}>
                  {texts.revoke}
                </Button>
              ),
            },
          ]}
        />
      )}
      {making && <NewToken close={() => setMaking(false)} />}
    </Card>
  );
}

/** The device that a token is bound to, by its name once that is known. */
function BoundTo({ tenant, device }: { tenant: string; device: string }) {
  const found = useQuery({
    queryKey: [tenant, "devices", device],
    queryFn: ({ signal }) => readDevice(tenant, device, signal),
    retry: false,
  });
  const page = `/t/${tenant}/data/devices?device=${device}`;
  return (
    <>
      {" · "}
      {texts.boundTo} {found.data ? <Link href={page}>{found.data.name}</Link> : device}
    </>
  );
}

function NewToken({ close }: { close: () => void }) {
  const me = useMe().data!;
  const [name, setName] = useState("");
  const [tenant, setTenant] = useState<string>(me.tenants[0]?.slug ?? PLATFORM);
  const [scopes, setScopes] = useState<Scope[]>(["read"]);
  const [lifetime, setLifetime] = useState("365");
  const [current, setCurrent] = useState("");
  const endless = lifetime === "never";
  const client = useQueryClient();
  const platform = tenant === PLATFORM;
  const make = useMutation({
    mutationFn: () => {
      const end = new Date(Date.now() + Number(lifetime) * 86_400_000).toISOString();
      return makeToken({
        name,
        tenant: platform ? null : tenant,
        scopes: platform ? ["operate"] : scopes,
        ...(endless ? { expires: null, current_password: current } : { expires: end }),
      });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const submit = () => make.mutate();
  const choices = me.tenants.map((each) => ({ value: each.slug, label: each.name }));
  if (me.operator) choices.push({ value: PLATFORM, label: texts.operatorsScope });
  return (
    <Modal opened onClose={close} title={texts.newToken} size={440}>
      {make.data ? (
        <div className={ui.form}>
          <CopyField label={make.data.name} value={make.data.token} note={texts.copyNow} />
          <div className={ui.actions}>
            <Button onClick={close}>{texts.done}</Button>
          </div>
        </div>
      ) : (
        <SubmitForm onSubmit={submit} error={make.error}>
          <TextInput
            label={texts.name}
            description={texts.tokenNameHint}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select label={texts.tenant} data={choices} value={tenant} onChange={(value) => value && setTenant(value)} />
          {!platform && (
            <Checkbox.Group label={texts.scopes} value={scopes} onChange={(chosen) => setScopes(chosen as Scope[])}>
              <div className={styles.scopes} style={{ marginTop: 6 }}>
                {SCOPES.map((scope) => (
                  <Checkbox key={scope.value} size="xs" value={scope.value} label={scope.label} />
                ))}
              </div>
            </Checkbox.Group>
          )}
          <Select
            label={texts.expiresAfter}
            data={LIFETIMES}
            value={lifetime}
            onChange={(value) => value && setLifetime(value)}
          />
          {endless && (
            <PasswordInput
              label={texts.yourPassword}
              description={texts.noExpiryPassword}
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <Actions
            does={texts.create}
            close={close}
            disabled={!name || (!platform && scopes.length === 0) || (endless && !current)}
            loading={make.isPending}
          />
        </SubmitForm>
      )}
    </Modal>
  );
}
