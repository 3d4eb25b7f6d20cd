import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../../core/foundation/errors.ts';
import { ErrorState } from '../components/states.tsx';

interface PageBoundaryProps {
  readonly children: ReactNode;
}

/** A page that fails takes no other with it. Give it the page as `key`, so that another page begins anew. */
export class PageBoundary extends Component<PageBoundaryProps, { readonly error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failed error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}

function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <ErrorState
      title={t('link.crashedTitle')}
      message={t('link.crashed', { message: describeError(error) })}
      onRetry={onRetry}
    />
  );
}
