import { Link, useLocation, useParams } from "wouter";
import { View } from "../../frame";
import { useMe } from "../../tenant";
import ui from "../../ui/ui.module.css";
import { OperatorsOnly, OperatorTabs } from "../Tabs";
import { Form } from "./Form";
import { Progress } from "./Progress";
import { texts } from "./texts";

/** From a name to the first sample. The address names the tenant as soon as it exists, so a reload continues. */
export default function Onboarding() {
  const { slug } = useParams<{ slug?: string }>();
  const [, navigate] = useLocation();
  const me = useMe().data;
  if (me && !me.operator) return <OperatorsOnly />;
  return (
    <View headed title={texts.newTenant}>
      <div className={ui.page}>
        <OperatorTabs />
        <div className={ui.pageHead}>
          <h1>{texts.newTenant}</h1>
          <span className={ui.grow} />
          <Link href="/operators/tenants">{texts.allTenants}</Link>
        </div>
        {slug ? (
          <Progress key={slug} slug={slug} />
        ) : (
          <Form created={(made) => navigate(`/operators/tenants/new/${made}`, { replace: true })} />
        )}
      </div>
    </View>
  );
}
