import { Button, Menu, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useState } from "react";
import type { Member, Role } from "../api/types";
import { View } from "../frame";
import { useTenant } from "../tenant";
import { Card } from "../ui/Card";
import { CopyField } from "../ui/CopyField";
import { Empty, Failed, Trouble, Waiting } from "../ui/states";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { ROLES, changeMember, invite, readInvitations, readMembers, resetMember, withdraw } from "./api";
import { PeopleTabs } from "./Tabs";
import styles from "./people.module.css";

export default function Members() {
  const tenant = useTenant()!;
  if (tenant.role !== "admin") {
    return (
      <View title="People">
        <div className={ui.page}>
          <Empty title="Only administrators see who else is here">
            You are {tenant.role === "engineer" ? "an engineer" : "a viewer"} of {tenant.name}. Ask one of its
            administrators to invite somebody or to change a role.
          </Empty>
        </div>
      </View>
    );
  }
  return <MembersOf slug={tenant.slug} />;
}

function MembersOf({ slug }: { slug: string }) {
  const key = [slug, "members"];
  const members = useQuery({ queryKey: key, queryFn: ({ signal }) => readMembers(signal) });
  const client = useQueryClient();
  const [reset, setReset] = useState<{ name: string; link: string } | null>(null);
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; role?: Role; active?: boolean }) => changeMember(id, body),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
  const giveReset = useMutation({
    mutationFn: async (member: Member) => ({ name: member.username, ...(await resetMember(member.id)) }),
    onSuccess: ({ name, link, sent_to }) => setReset({ name, link: link ?? `Sent to ${sent_to}` }),
  });
  if (members.isPending) return <Waiting />;
  if (members.isError) return <Failed error={members.error} retry={() => void members.refetch()} />;
  return (
    <View title="People">
      <div className={ui.page}>
        <div className={ui.pageHead}>
          <h1>People</h1>
          <span className={ui.quiet}>{members.data.length}</span>
        </div>
        <PeopleTabs />
        {(change.isError || giveReset.isError) && <Trouble error={change.error ?? giveReset.error} />}
        {reset && (
          <Card title={`New password for ${reset.name}`}>
            <CopyField
              label="Link"
              value={reset.link}
              note="Works once, for a day. Shown only now: hand it over yourself."
            />
          </Card>
        )}
        <div className={styles.columns}>
          <Card flush>
            <div className={ui.scrollX}>
              <table className={ui.table}>
                <thead>
                  <tr>
                    <th>Person</th>
                    <th>Role</th>
                    <th>Last here</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {members.data.map((member) => (
                    <tr key={member.id} style={member.active ? undefined : { color: "var(--pt-ink2)" }}>
                      <td>
                        <b style={{ fontWeight: 600 }}>{member.name || member.username}</b>
                        {member.me && <span className={ui.quiet}> you</span>}
                        <div className={ui.sub}>
                          {member.username}
                          {member.email && ` · ${member.email}`}
                          {!member.active && " · deactivated"}
                        </div>
                      </td>
                      <td>
                        <Select
                          w={128}
                          aria-label={`Role of ${member.username}`}
                          data={ROLES.map(({ value, label }) => ({ value, label }))}
                          value={member.role}
                          disabled={!member.active}
                          onChange={(role) => role && change.mutate({ id: member.id, role: role as Role })}
                        />
                      </td>
                      <td>{member.last_login === null ? "never" : <Ago ms={member.last_login} />}</td>
                      <td className={ui.number}>
                        <Menu position="bottom-end">
                          <Menu.Target>
                            <Button variant="default" px={10} aria-label={`More for ${member.username}`}>
                              ⋯
                            </Button>
                          </Menu.Target>
                          <Menu.Dropdown>
                            <Menu.Item onClick={() => giveReset.mutate(member)}>Link for a new password</Menu.Item>
                            <Menu.Item onClick={() => change.mutate({ id: member.id, active: !member.active })}>
                              {member.active ? "Deactivate" : "Activate again"}
                            </Menu.Item>
                          </Menu.Dropdown>
                        </Menu>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
          <div className={styles.side}>
            <InviteCard slug={slug} />
            <Invitations slug={slug} />
          </div>
        </div>
      </div>
    </View>
  );
}

function InviteCard({ slug }: { slug: string }) {
  const [role, setRole] = useState<Role>("viewer");
  const [email, setEmail] = useState("");
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: () => invite({ role, email }),
    onSuccess: () => client.invalidateQueries({ queryKey: [slug, "invitations"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Card title="Invite somebody">
      <form className={ui.form} onSubmit={submit}>
        {send.isError && <Trouble error={send.error} />}
        <Select
          label="As"
          data={ROLES.map(({ value, label }) => ({ value, label }))}
          value={role}
          description={ROLES.find((each) => each.value === role)?.may}
          onChange={(value) => value && setRole(value as Role)}
        />
        <TextInput
          label="E-mail (may stay empty)"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" loading={send.isPending}>
          Make the invitation
        </Button>
        {send.data?.link && (
          <CopyField
            label="Link"
            value={send.data.link}
            note="Works once, for a week. Shown only now: hand it over yourself."
          />
        )}
        {send.data?.sent_to && <p>Sent to {send.data.sent_to}.</p>}
      </form>
    </Card>
  );
}

function Invitations({ slug }: { slug: string }) {
  const key = [slug, "invitations"];
  const open = useQuery({ queryKey: key, queryFn: ({ signal }) => readInvitations(signal) });
  const client = useQueryClient();
  const back = useMutation({ mutationFn: withdraw, onSettled: () => client.invalidateQueries({ queryKey: key }) });
  if (!open.data?.length) return null;
  return (
    <Card title="Not answered yet" aside={open.data.length}>
      {back.isError && <Trouble error={back.error} />}
      <ul className={styles.list}>
        {open.data.map((each) => (
          <li key={each.id}>
            <span>
              <b>{each.email || "A link"}</b> as {each.role}
              <div className={ui.sub}>
                by {each.invited_by}, ends <Ago ms={each.expires} />
              </div>
            </span>
            <Button variant="default" onClick={() => back.mutate(each.id)}>
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
