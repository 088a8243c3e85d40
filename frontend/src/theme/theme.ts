import { createTheme, Modal, Select } from "@mantine/core";
import type {
  ButtonProps,
  CheckboxProps,
  CSSVariablesResolver,
  InputProps,
  MantineColorsTuple,
  MenuProps,
  MultiSelectProps,
  PasswordInputProps,
  TextInputProps,
} from "@mantine/core";

const all = (value: string) => Array(10).fill(value) as unknown as MantineColorsTuple;

const greys = (...names: string[]) => names.map((name) => `var(--pt-${name})`) as unknown as MantineColorsTuple;

/** Without the component's code, which comes with the first page that has one. Most pages have selects and dialogs. */
const defaults = <Props>(defaultProps: Partial<Props>) => ({ defaultProps });

/** Mantine's own scales mapped to the tokens, so that no component has a colour of its own. */
export const theme = createTheme({
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "13px", sm: "13px", md: "13px", lg: "15px", xl: "18px" },
  lineHeights: { xs: "18px", sm: "18px", md: "18px", lg: "20px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "6px", lg: "6px", xl: "6px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "20px", xl: "24px" },
  defaultRadius: "sm",
  primaryColor: "accent",
  cursorType: "pointer",
  colors: {
    accent: all("var(--pt-accent)"),
    danger: all("var(--pt-alarm-1)"),
    gray: greys("hover", "hover", "line", "line", "line", "ink3", "ink2", "ink2", "ink", "ink"),
    dark: greys("ink", "ink2", "ink2", "ink3", "line", "hover", "field", "panel", "page", "page"),
  },
  components: {
    Button: defaults<ButtonProps>({ size: "xs", fw: 500, variant: "filled" }),
    Checkbox: defaults<CheckboxProps>({ size: "xs", radius: 3 }),
    Input: defaults<InputProps>({ size: "xs" }),
    TextInput: defaults<TextInputProps>({ size: "xs" }),
    PasswordInput: defaults<PasswordInputProps>({ size: "xs" }),
    // Enter chooses the first option that fits what was typed.
    Select: Select.extend({
      defaultProps: {
        size: "xs",
        allowDeselect: false,
        checkIconPosition: "right",
        selectFirstOptionOnChange: true,
      },
    }),
    MultiSelect: defaults<MultiSelectProps>({ selectFirstOptionOnChange: true }),
    Pill: { styles: { root: { fontSize: 12 } } }, // otherwise 10 px in fields of size xs
    // A modal's header is no banner of the page, and its button has a name.
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        transitionProps: { duration: 0 },
        closeButtonProps: { "aria-label": "Close dialog" },
        attributes: { header: { role: "presentation" } },
      },
    }),
    Menu: defaults<MenuProps>({ withInitialFocusPlaceholder: false }),
  },
});

const shared = {
  "--mantine-color-body": "var(--pt-panel)",
  "--mantine-color-text": "var(--pt-ink)",
  "--mantine-color-dimmed": "var(--pt-ink2)",
  "--mantine-color-placeholder": "var(--pt-ink2)",
  "--mantine-color-anchor": "var(--pt-accent)",
  "--mantine-color-error": "var(--pt-error-text)",
  "--mantine-color-default": "var(--pt-panel)",
  "--mantine-color-default-hover": "var(--pt-hover)",
  "--mantine-color-default-color": "var(--pt-ink)",
  "--mantine-color-default-border": "var(--pt-line)",
  "--mantine-color-disabled": "var(--pt-page)",
  "--mantine-color-disabled-color": "var(--pt-ink3)",
  "--mantine-color-disabled-border": "var(--pt-line)",
  "--mantine-primary-color-contrast": "var(--pt-on-accent)",
  "--mantine-color-accent-filled": "var(--pt-accent)",
  "--mantine-color-accent-filled-hover": "var(--pt-accent-hover)",
  "--mantine-color-accent-light": "var(--pt-accent-soft)",
  "--mantine-color-accent-light-hover": "var(--pt-accent-soft)",
  "--mantine-color-accent-light-color": "var(--pt-accent)",
  "--mantine-color-accent-outline": "var(--pt-accent)",
  "--mantine-shadow-xs": "none",
  "--mantine-shadow-sm": "var(--pt-shadow)",
  "--mantine-shadow-md": "var(--pt-shadow)",
  "--mantine-shadow-xl": "var(--pt-shadow)",
};

export const resolver: CSSVariablesResolver = () => ({ variables: shared, light: shared, dark: shared });
