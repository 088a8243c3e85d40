import { View } from "../frame";

export default function Page() {
  return <View title="Plantrace">{null}</View>;
}
