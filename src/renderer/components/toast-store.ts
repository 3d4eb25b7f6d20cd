import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'success' | 'danger';
  /** Such as "Undo". */
  readonly action: { readonly label: string; readonly run: () => void } | null;
  readonly durationMs: number;
}

export interface ToastsState {
  readonly toasts: readonly Toast[];
  /** @returns its id, for {@link ToastsState.dismiss}. */
  show(toast: { readonly text: string } & Partial<Omit<Toast, 'id'>>): number;
  dismiss(id: number): void;
}

const SHOWN_MS = 5_000;
/** Whoever reads slowly must still reach the button. */
const SHOWN_WITH_ACTION_MS = 10_000;

export const useToasts = create<ToastsState>()((set, get) => ({
  toasts: [],
  show(toast) {
    const id = (get().toasts.at(-1)?.id ?? 0) + 1;
    const whole: Toast = {
      tone: 'plain',
      action: null,
      durationMs: toast.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS,
      ...toast,
      id,
    };
    set(({ toasts }) => ({ toasts: [...toasts, whole].slice(-3) }));
    return id;
  },
  dismiss: (id) => set(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
}));
