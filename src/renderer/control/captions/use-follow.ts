import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** So near to the end counts as at the end. */
const NEAR_PX = 32;

/**
 * Keeps a list at its end while new rows come, until the user scrolls up.
 * @param grows changes whenever there is more to show.
 */
export function useFollow(
  list: RefObject<HTMLElement | null>,
  grows: unknown,
): {
  readonly following: boolean;
  readonly onScroll: () => void;
  readonly leave: () => void;
  readonly jumpToEnd: () => void;
} {
  const [following, setFollowing] = useState(true);
  const lastTop = useRef(0);
  const toEnd = useCallback(() => {
    const element = list.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    lastTop.current = element.scrollTop;
  }, [list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there is more
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [following, grows, toEnd]);
  const onScroll = useCallback(() => {
    const element = list.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isAtEnd = scrollHeight - clientHeight - scrollTop < NEAR_PX;
    // Rows that grow push the end away without anyone scrolling: only upwards is a wish to leave.
    if (isAtEnd) setFollowing(true);
    else if (scrollTop < lastTop.current) setFollowing(false);
    lastTop.current = scrollTop;
  }, [list]);
  const leave = useCallback(() => setFollowing(false), []);
  const jumpToEnd = useCallback(() => {
    setFollowing(true);
    toEnd();
  }, [toEnd]);
  return { following, onScroll, leave, jumpToEnd };
}
