export default function Search(_: { close: () => void }) {
  return null;
}
