import { Button, Menu, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Member, Role } from "../api/types";
import { View } from "../frame";
import { useTenant } from "../tenant";
import { DataTable } from "../ui/DataTable";
import { Card } from "../ui/Card";
import { CopyField } from "../ui/CopyField";
import { Empty, Failed, ErrorMessage, Loading } from "../ui/states";
import { SubmitForm } from "../ui/SubmitForm";
import { Ago } from "../ui/Time";
import ui from "../ui/ui.module.css";
import { ROLES, changeMember, invite, readInvitations, readMembers, resetMember, withdraw } from "./api";
import { PeopleTabs } from "./Tabs";
import styles from "./people.module.css";
import { texts } from "./texts";

export default function Members() {
  const tenant = useTenant()!;
  if (tenant.role !== "admin") {
    return (
      <View title={texts.people}>
        <div className={ui.page}>
          <Empty title={texts.membersForAdmins}>{texts.membersForAdminsDetail(tenant.role, tenant.name)}</Empty>
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
  const createReset = useMutation({
    mutationFn: async (member: Member) => ({ name: member.username, ...(await resetMember(member.id)) }),
    onSuccess: ({ name, link, sent_to }) => setReset({ name, link: link ?? texts.sentTo(sent_to ?? "") }),
  });
  if (members.isPending) return <Loading />;
  if (members.isError) return <Failed error={members.error} retry={() => void members.refetch()} />;
  return (
    <View headed title={texts.people}>
      <div className={ui.page}>
        <div className={ui.pageHead}>
          <h1>{texts.people}</h1>
          <span className={ui.quiet}>{members.data.length}</span>
        </div>
        <PeopleTabs />
        {(change.isError || createReset.isError) && <ErrorMessage error={change.error ?? createReset.error} />}
        {reset && (
          <Card title={texts.newPasswordFor(reset.name)}>
            <CopyField label={texts.link} value={reset.link} note={texts.validOneDay} />
          </Card>
        )}
        <div className={styles.columns}>
          <Card flush>
            <DataTable
              rows={members.data}
              keyOf={(member) => member.id}
              isFaint={(member) => !member.active}
              columns={[
                {
                  head: texts.person,
                  cell: (member) => (
                    <>
                      <b style={{ fontWeight: 600 }}>{member.name || member.username}</b>
                      {member.me && <span className={ui.quiet}> {texts.you}</span>}
                      <div className={ui.sub}>
                        {member.username}
                        {member.email && ` · ${member.email}`}
                        {!member.active && ` · ${texts.deactivated}`}
                      </div>
                    </>
                  ),
                },
                {
                  head: texts.role,
                  cell: (member) => (
                    <Select
                      w={128}
                      aria-label={texts.roleOf(member.username)}
                      data={ROLES.map(({ value, label }) => ({ value, label }))}
                      value={member.role}
                      disabled={!member.active}
                      onChange={(role) => role && change.mutate({ id: member.id, role: role as Role })}
                    />
                  ),
                },
                {
                  head: texts.lastSignIn,
                  cell: (member) => (member.last_login === null ? texts.never : <Ago ms={member.last_login} />),
                },
                {
                  number: true,
                  cell: (member) => (
                    <Menu position="bottom-end">
                      <Menu.Target>
                        <Button variant="default" px={10} aria-label={texts.actions(member.username)}>
                          ⋯
                        </Button>
                      </Menu.Target>
                      <Menu.Dropdown>
                        <Menu.Item onClick={() => createReset.mutate(member)}>
                          {texts.createPasswordResetLink}
                        </Menu.Item>
                        <Menu.Item onClick={() => change.mutate({ id: member.id, active: !member.active })}>
                          {member.active ? texts.deactivate : texts.reactivate}
                        </Menu.Item>
                      </Menu.Dropdown>
                    </Menu>
                  ),
                },
              ]}
            />
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
  const submit = () => send.mutate();
  return (
    <Card title={texts.invitePerson}>
      <SubmitForm onSubmit={submit} error={send.error}>
        <Select
          label={texts.role}
          data={ROLES.map(({ value, label }) => ({ value, label }))}
          value={role}
          description={ROLES.find((each) => each.value === role)?.may}
          onChange={(value) => value && setRole(value as Role)}
        />
        <TextInput
          label={texts.emailOptional}
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" loading={send.isPending}>
          {texts.createInvitation}
        </Button>
        {send.data?.link && <CopyField label={texts.link} value={send.data.link} note={texts.validOneWeek} />}
        {send.data?.sent_to && <p>{texts.sentTo(send.data.sent_to)}</p>}
      </SubmitForm>
    </Card>
  );
}

function Invitations({ slug }: { slug: string }) {
  const key = [slug, "invitations"];
  const open = useQuery({ queryKey: key, queryFn: ({ signal }) => readInvitations(signal) });
  const client = useQueryClient();
  const revoke = useMutation({ mutationFn: withdraw, onSettled: () => client.invalidateQueries({ queryKey: key }) });
  if (!open.data?.length) return null;
  return (
    <Card title={texts.pendingInvitations} aside={open.data.length}>
      {revoke.isError && <ErrorMessage error={revoke.error} />}
      <ul className={styles.list}>
        {open.data.map((each) => (
          <li key={each.id}>
            <span>
              <b>{each.email || texts.aLink}</b> {texts.invitedAs(each.role)}
              <div className={ui.sub}>
                {texts.invitedBy(each.invited_by)} <Ago ms={each.expires} />
              </div>
            </span>
            <Button variant="default" onClick={() => revoke.mutate(each.id)}>
              {texts.revoke}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
