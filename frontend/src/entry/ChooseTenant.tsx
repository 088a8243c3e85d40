import { useEffect } from "react";
import { Link } from "wouter";
import { useMe } from "../tenant";
import { Empty } from "../ui/states";
import ui from "../ui/ui.module.css";
import styles from "./entry.module.css";
import { texts } from "./texts";

export function ChooseTenant() {
  const me = useMe().data!;
  useEffect(() => {
    document.title = texts.chooseTenantTitle;
  }, []);
  if (me.tenants.length === 0) {
    return (
      <Empty title={texts.noTenants} action={me.operator && <Link href="/operators/tenants">{texts.goToTenants}</Link>}>
        {me.operator ? texts.noTenantsOperator : texts.noTenantsMember}
      </Empty>
    );
  }
  return (
    <main className={ui.page}>
      <div className={styles.choice}>
        <div className={ui.pageHead}>
          <h1>{texts.chooseTenant}</h1>
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
