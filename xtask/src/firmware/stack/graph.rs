//! The deepest way through a graph of calls.

/// A graph of calls: nodes that take stack, and edges to what they may call.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
struct Node {
    frame: u64,
    calls: Vec<usize>,
}

/// How deep the stack gets below each node of a graph.
#[derive(Clone, Debug)]
pub(super) struct Depths {
    /// The cycles; a node that calls nothing that calls it is one alone.
    components: Vec<Component>,
    component_of: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Component {
    nodes: Vec<usize>,
    is_cycle: bool,
    /// What these nodes take, and with them everything below.
    own: u64,
    total: u64,
    deepest: Option<usize>,
}

/// A step of the deepest way: a node alone, or a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) nodes: Vec<usize>,
    pub(super) bytes: u64,
}

impl Graph {
    pub(super) fn add(&mut self, frame: u64) -> usize {
        self.nodes.push(Node { frame, calls: Vec::new() });
        self.nodes.len() - 1
    }

    pub(super) fn call(&mut self, caller: usize, callee: usize) {
        self.nodes[caller].calls.push(callee);
    }

    /// Adds up, where each node of a cycle may be active so many times.
    pub(super) fn depths(&self, cycle_rounds: u64) -> Depths {
        let mut depths = Depths { components: Vec::new(), component_of: vec![usize::MAX; self.nodes.len()] };
        // A component comes after every component that it calls.
        for nodes in self.strongly_connected() {
            let index = depths.components.len();
            for &node in &nodes {
                depths.component_of[node] = index;
            }
            let is_cycle = nodes.len() > 1 || nodes.iter().any(|&node| self.nodes[node].calls.contains(&node));
            let frames: u64 = nodes.iter().map(|&node| self.nodes[node].frame).sum();
            let own = if is_cycle { frames * cycle_rounds } else { frames };
            let called = nodes.iter().flat_map(|&node| &self.nodes[node].calls);
            let called = called.map(|&callee| depths.component_of[callee]).filter(|&callee| callee != index);
            let deepest = called.max_by_key(|&callee| depths.components[callee].total);
            let total = own + deepest.map_or(0, |callee| depths.components[callee].total);
            depths.components.push(Component { nodes, is_cycle, own, total, deepest });
        }
        depths
    }

    /// Tarjan's algorithm, without recursion.
    fn strongly_connected(&self) -> Vec<Vec<usize>> {
        let mut order = vec![None; self.nodes.len()];
        let mut low = vec![0; self.nodes.len()];
        let mut waiting = Vec::new();
        let mut is_waiting = vec![false; self.nodes.len()];
        let mut components = Vec::new();
        let mut count = 0;
        for root in 0..self.nodes.len() {
            if order[root].is_some() {
                continue;
            }
            // Each node on the way, and the first of its calls that was not followed yet.
            let mut way = vec![(root, 0)];
            while let Some(&mut (node, ref mut next)) = way.last_mut() {
                if order[node].is_none() {
                    order[node] = Some(count);
                    low[node] = count;
                    count += 1;
                    waiting.push(node);
                    is_waiting[node] = true;
                }
                if let Some(&callee) = self.nodes[node].calls.get(*next) {
                    *next += 1;
                    match order[callee] {
                        None => way.push((callee, 0)),
                        Some(order) if is_waiting[callee] => low[node] = low[node].min(order),
                        Some(_) => {}
                    }
                    continue;
                }
                way.pop();
                if let Some(&(caller, _)) = way.last() {
                    low[caller] = low[caller].min(low[node]);
                }
                if order[node] == Some(low[node]) {
                    let start =
                        waiting.iter().rposition(|&other| other == node).expect("a node waits for its component");
                    let component = waiting.split_off(start);
                    for &node in &component {
                        is_waiting[node] = false;
                    }
                    components.push(component);
                }
            }
        }
        components
    }
}

impl Depths {
    /// The most stack that a node and everything below it take.
    pub(super) fn of(&self, node: usize) -> u64 {
        self.components[self.component_of[node]].total
    }

    /// The way from a node to where the stack is deepest.
    pub(super) fn deepest(&self, node: usize) -> Vec<Step> {
        let first = Some(self.component_of[node]);
        let components = std::iter::successors(first, |&component| self.components[component].deepest);
        components
            .map(|component| &self.components[component])
            .map(|component| Step { nodes: component.nodes.clone(), bytes: component.own })
            .collect()
    }

    /// The cycles' nodes.
    pub(super) fn cycles(&self) -> impl Iterator<Item = &[usize]> {
        self.components.iter().filter(|component| component.is_cycle).map(|component| component.nodes.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(frames: &[u64], calls: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::default();
        for &frame in frames {
            graph.add(frame);
        }
        for &(caller, callee) in calls {
            graph.call(caller, callee);
        }
        graph
    }

    #[test]
    fn deepest_of_several_ways_counts() {
        let depths = graph(&[1, 10, 100, 5], &[(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]).depths(1);
        assert_eq!(depths.of(0), 1 + 100 + 5);
        let bytes: Vec<_> = depths.deepest(0).iter().map(|step| (step.nodes.clone(), step.bytes)).collect();
        assert_eq!(bytes, [(vec![0], 1), (vec![2], 100), (vec![3], 5)]);
        assert_eq!(depths.cycles().count(), 0);
    }

    #[test]
    fn cycle_counts_all_its_nodes_so_many_times() {
        let calls = [(0, 1), (1, 2), (2, 1), (2, 3)];
        for (rounds, expected) in [(1, 1 + 30 + 7), (2, 1 + 60 + 7)] {
            let depths = graph(&[1, 10, 20, 7], &calls).depths(rounds);
            assert_eq!(depths.of(0), expected);
            let mut cycle = depths.cycles().next().unwrap().to_vec();
            cycle.sort_unstable();
            assert_eq!(cycle, [1, 2]);
        }
    }

    #[test]
    fn node_that_calls_itself_is_a_cycle() {
        let depths = graph(&[8], &[(0, 0)]).depths(3);
        assert_eq!(depths.of(0), 24);
        assert_eq!(depths.cycles().count(), 1);
    }

    #[test]
    fn graphs_need_not_hang_together() {
        let depths = graph(&[1, 2, 4], &[(2, 1)]).depths(2);
        assert_eq!([depths.of(0), depths.of(1), depths.of(2)], [1, 2, 6]);
    }
}
