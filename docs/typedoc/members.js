/**
 * The members of a class in the order in which people need them: how to make one, what it computes, what it has, and last
 * what it has from a class above it, which is the same for all of its kind.
 */
import { ReflectionGroup, ReflectionKind } from "typedoc";

/** What one calls most comes first among the methods. */
const first = ["forward", "step"];

const inherited = (member) => member.inheritedFrom !== undefined;

/** The class that a member comes from, such as Module in `Module.parameters`. */
const ancestorOf = ({ inheritedFrom }) => inheritedFrom.name.split(".").at(-2) ?? "above";

export function sortMembers(project) {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.Class)) {
    const { groups = [] } = reflection;
    const own = [];
    const above = new Map();
    for (const group of groups) {
      // A constructor is needed wherever it comes from.
      const constructors = group.title === "Constructors";
      const kept = group.children.filter((member) => constructors || !inherited(member));
      for (const member of group.children.filter((other) => !kept.includes(other))) {
        const name = ancestorOf(member);
        above.set(name, [...(above.get(name) ?? []), member]);
      }
      kept.sort((a, b) => rank(a) - rank(b));
      if (kept.length > 0) own.push(withChildren(group, kept));
    }
    reflection.groups = [
      ...own,
      ...[...above].map(([name, members]) => withChildren(new ReflectionGroup(`From ${name}`, reflection), members)),
    ];
    if (reflection.groups.length === 0) delete reflection.groups;
  }
}

const rank = ({ name }) => (first.includes(name) ? 0 : 1);

function withChildren(group, children) {
  group.children = children;
  return group;
}
