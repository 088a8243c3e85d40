import { useEffect } from "react";
import { Link } from "wouter";
import { useMe } from "../tenant";
import { Empty } from "../ui/states";
import ui from "../ui/ui.module.css";
import styles from "./entry.module.css";

export function ChooseTenant() {
  const me = useMe().data!;
  useEffect(() => {
    document.title = "Choose tenant · Plantrace";
  }, []);
  if (me.tenants.length === 0) {
    return (
      <Empty
        title="You are not a member of any tenant"
        action={me.operator && <Link href="/operators/tenants">See the tenants</Link>}
      >
        {me.operator
          ? "Operators see tenants, not their data. An administrator of a tenant can invite you to it."
          : "Ask an administrator of your plant for an invitation link and open it here."}
      </Empty>
    );
  }
  return (
    <main className={ui.page}>
      <div className={styles.choice}>
        <div className={ui.pageHead}>
          <h1>Choose tenant</h1>
        </div>
        {me.tenants.map((tenant) => (
          <Link key={tenant.slug} className={styles.tenant} href={`/t/${tenant.slug}/home`}>
            <b>{tenant.name}</b>
            <span>{tenant.role}</span>
          </Link>
        ))}
      </div>
    </main>
  );
}
