//! How much there is room for at a time: connections in all and of one address, and octets of mail in memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::users::owner;

/// Connections inside.
pub(crate) struct Room {
    connections: usize,
    of_one_address: usize,
    inside: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection's place, free again when dropped.
pub(crate) struct Place {
    room: Arc<Room>,
    owner: IpAddr,
}

impl Room {
    pub(crate) fn new(connections: usize, of_one_address: usize) -> Arc<Room> {
        Arc::new(Room { connections, of_one_address, inside: Mutex::default() })
    }

    /// A place for a connection of `address`, if there is one.
    pub(crate) fn enter(self: &Arc<Room>, address: IpAddr) -> Option<Place> {
        let owner = owner(address);
        let mut inside = self.inside();
        let all: usize = inside.values().sum();
        let own = inside.get(&owner).copied().unwrap_or_default();
        if all >= self.connections || own >= self.of_one_address {
            return None;
        }
        inside.insert(owner, own + 1);
        Some(Place { room: Arc::clone(self), owner })
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.room.inside();
        match inside.get_mut(&self.owner) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                inside.remove(&self.owner);
            }
        }
    }
}

/// Octets of mail in memory, over all connections.
pub(crate) struct Memory {
    limit: usize,
    used: AtomicUsize,
}

/// One connection's part of it, given back when dropped.
pub(crate) struct Share {
    memory: Arc<Memory>,
    mine: usize,
}

impl Memory {
    pub(crate) fn new(limit: usize) -> Arc<Memory> {
        Arc::new(Memory { limit, used: AtomicUsize::new(0) })
    }

    pub(crate) fn share(self: &Arc<Memory>) -> Share {
        Share { memory: Arc::clone(self), mine: 0 }
    }
}

impl Share {
    /// Takes `octets` in all from now on; whether there is room for them.
    pub(crate) fn take(&mut self, octets: usize) -> bool {
        let before = std::mem::replace(&mut self.mine, octets);
        let used = self.memory.used.fetch_add(octets.wrapping_sub(before), Ordering::AcqRel);
        octets <= before || used.wrapping_add(octets).wrapping_sub(before) <= self.memory.limit
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.mine, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_takes_its_own_places_only_and_gives_them_back() {
        let room = Room::new(3, 2);
        let one = room.enter(address("192.0.2.1"));
        let two = room.enter(address("::ffff:192.0.2.1"));
        assert!(one.is_some() && two.is_some());
        assert!(room.enter(address("192.0.2.1")).is_none(), "the same address, mapped or not");
        let other = room.enter(address("192.0.2.2"));
        assert!(other.is_some());
        assert!(room.enter(address("192.0.2.3")).is_none(), "three in all");
        drop((one, two, other));
        assert!(room.inside().is_empty());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        assert_eq!(owner(address("2001:db8::1")), owner(address("2001:db8::ffff:1")));
        assert_ne!(owner(address("2001:db8::1")), owner(address("2001:db8:0:1::1")));
        assert_ne!(owner(address("fe80::1")), owner(address("fe80::2")));
    }

    #[test]
    fn memory_is_shared_and_given_back() {
        let memory = Memory::new(100);
        let (mut one, mut two) = (memory.share(), memory.share());
        assert!(one.take(60) && two.take(40));
        assert!(!two.take(41));
        assert!(two.take(10), "less is always possible");
        assert!(one.take(90));
        drop(one);
        assert!(two.take(100));
        drop(two);
        assert_eq!(memory.used.load(Ordering::Acquire), 0);
    }
}
