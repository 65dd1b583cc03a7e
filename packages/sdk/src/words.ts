// SPDX-License-Identifier: Apache-2.0
// What a service may say of an access, typed by the policy's vocabulary. Types alone.
import type { AccessWords, CheckedAccess, PolicyVocabulary } from '@ashiato/policy/vocabulary';
import type { AccessEvent } from '@ashiato/schema';

type AccessData = AccessEvent['data'];

/** Members whose words are the policy's, or that a call takes in another form than the event has. */
type Reworded = keyof AccessWords<PolicyVocabulary> | 'actor' | 'on_behalf_of';

/**
 * One access to personal data: ids and field names, never values. What `withActor` has set may be left out. Without
 * `subject`, `subjects` and `population` it is about no stated person.
 */
export type AccessRecord<V extends PolicyVocabulary = PolicyVocabulary> = Omit<AccessData, Reworded> &
  Omit<AccessWords<V>, 'purpose' | 'refs'> & {
    actor?: Readonly<AccessData['actor']> | undefined;
    on_behalf_of?: readonly Readonly<AccessData['actor']>[] | undefined;
    purpose?: V['purpose'] | undefined;
    refs?: { [R in V['reference'] & keyof References]?: References[R] } | undefined;
    /** When it happened; the moment of the call when absent. */
    time?: Date | string | undefined;
    /** W3C trace context of the request that caused it; from OpenTelemetry's active span when absent. */
    traceparent?: string | undefined;
  };

type References = NonNullable<AccessData['refs']>;

/** What a call may hold. */
export type Access<V extends PolicyVocabulary = PolicyVocabulary> = AccessRecord<V> & {
  /** Several persons, by their refs, in place of `subject`; one event is recorded for each of them. */
  subjects?: readonly string[] | undefined;
};

/** What a route knows for every access made while it runs. */
export type ActorContext<V extends PolicyVocabulary = PolicyVocabulary> = Omit<
  AccessRecord<V>,
  'operation' | 'fields' | 'subject' | 'population' | 'part' | 'result' | 'outcome' | 'time'
>;

/** `Inner`, and what of `Outer` it does not state itself. */
export type Merged<Outer, Inner> = Omit<Outer, keyof Inner> & Inner;

/** Members that no access has; the type of each is why it is refused. */
type Strays<T, Known> = Record<Stray<T, Known>, 'no member of an access has this name'>;
type Stray<T, Known> = Exclude<keyof T, keyof Known>;

/**
 * An access as it was given, `Set` being what is known of the context, or, where the policy of `V` does not allow it,
 * a type that it is not: the compiler shows the reason at that member. A purpose that only run time knows is left to
 * the judge.
 */
export type Allowed<V extends PolicyVocabulary, Set, A extends Access<V>> = [Stray<A, Access>] extends [never]
  ? string extends V['field']
    ? A
    : Merged<Set, A> extends infer Whole extends AccessWords<V>
      ? Whole extends CheckedAccess<V, Whole>
        ? A
        : Omit<CheckedAccess<V, Whole>, Exclude<keyof Set, keyof A>>
      : A
  : Access<V> & Strays<A, Access>;

/** A context as it was given, or a type that names the member that no access has. */
export type KnownContext<C> = [Stray<C, ActorContext>] extends [never]
  ? C
  : ActorContext & Strays<C, ActorContext>;
