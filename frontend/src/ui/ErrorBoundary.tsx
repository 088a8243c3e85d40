import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Component } from "react";
import { OutdatedPage } from "./lazy";
import { Empty } from "./states";
import { texts } from "./texts";

interface Props {
  children: ReactNode;
  /** Shown instead of the explanation, for an optional part of the page. */
  instead?: ReactNode;
}

/** A page that failed shows the error in its own place; the frame around it keeps working. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (this.props.instead !== undefined) return this.props.instead;
    const gone = error instanceof OutdatedPage;
    return (
      <Empty
        title={gone ? texts.updated : texts.pageFailed}
        action={<Button onClick={() => location.reload()}>{texts.reload}</Button>}
      >
        {gone ? texts.reloadToContinue : texts.failureDetail(error.message)}
      </Empty>
    );
  }
}
