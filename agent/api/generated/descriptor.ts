// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated

export const DESCRIPTOR = {
 "nested": {
  "temper": {
   "nested": {
    "agent": {
     "nested": {
      "v1": {
       "nested": {
        "Agent": {
         "methods": {
          "GetStatus": {
           "requestType": "GetStatusRequest",
           "responseType": "GetStatusResponse"
          },
          "GetLayeredConfig": {
           "requestType": "GetLayeredConfigRequest",
           "responseType": "GetLayeredConfigResponse"
          },
          "SetQos": {
           "requestType": "SetQosRequest",
           "responseType": "SetQosResponse"
          },
          "ClearQos": {
           "requestType": "ClearQosRequest",
           "responseType": "ClearQosResponse"
          },
          "ReloadScheduler": {
           "requestType": "ReloadSchedulerRequest",
           "responseType": "ReloadSchedulerResponse"
          },
          "SetSafeMode": {
           "requestType": "SetSafeModeRequest",
           "responseType": "SetSafeModeResponse"
          },
          "Explain": {
           "requestType": "ExplainRequest",
           "responseType": "ExplainResponse"
          },
          "CaptureTrace": {
           "requestType": "CaptureTraceRequest",
           "responseType": "CaptureTraceResponse",
           "responseStream": true
          }
         }
        },
        "GetStatusRequest": {
         "fields": {
          "withPods": {
           "type": "bool",
           "id": 1
          }
         }
        },
        "GetStatusResponse": {
         "oneofs": {
          "_reason": {
           "oneof": [
            "reason"
           ]
          },
          "_gateRefusal": {
           "oneof": [
            "gateRefusal"
           ]
          },
          "_lastContactMs": {
           "oneof": [
            "lastContactMs"
           ]
          }
         },
         "fields": {
          "node": {
           "type": "string",
           "id": 1
          },
          "status": {
           "type": "string",
           "id": 2
          },
          "reason": {
           "type": "string",
           "id": 3,
           "options": {
            "proto3_optional": true
           }
          },
          "sinceMs": {
           "type": "int64",
           "id": 4
          },
          "generation": {
           "type": "int64",
           "id": 5
          },
          "scheduler": {
           "type": "SchedulerStatus",
           "id": 6
          },
          "gate": {
           "rule": "repeated",
           "type": "GateCheck",
           "id": 7
          },
          "gateRefusal": {
           "type": "string",
           "id": 8,
           "options": {
            "proto3_optional": true
           }
          },
          "safeMode": {
           "type": "SafeModeStatus",
           "id": 9
          },
          "tiers": {
           "rule": "repeated",
           "type": "TierStatus",
           "id": 10
          },
          "layers": {
           "rule": "repeated",
           "type": "LayerStatus",
           "id": 11
          },
          "notices": {
           "rule": "repeated",
           "type": "Notice",
           "id": 12
          },
          "stockGap": {
           "type": "StockGap",
           "id": 13
          },
          "versions": {
           "type": "Versions",
           "id": 14
          },
          "lastContactMs": {
           "type": "int64",
           "id": 15,
           "options": {
            "proto3_optional": true
           }
          },
          "pods": {
           "rule": "repeated",
           "type": "PodPlace",
           "id": 16
          },
          "podsTotal": {
           "type": "int32",
           "id": 17
          }
         }
        },
        "SchedulerStatus": {
         "oneofs": {
          "_attached": {
           "oneof": [
            "attached"
           ]
          },
          "_matching": {
           "oneof": [
            "matching"
           ]
          },
          "_retryAtMs": {
           "oneof": [
            "retryAtMs"
           ]
          },
          "_foreign": {
           "oneof": [
            "foreign"
           ]
          }
         },
         "fields": {
          "phase": {
           "type": "string",
           "id": 1
          },
          "attached": {
           "type": "string",
           "id": 2,
           "options": {
            "proto3_optional": true
           }
          },
          "sinceMs": {
           "type": "int64",
           "id": 3
          },
          "matching": {
           "type": "string",
           "id": 4,
           "options": {
            "proto3_optional": true
           }
          },
          "lastExit": {
           "type": "SchedulerExit",
           "id": 5
          },
          "usesLastKnownGood": {
           "type": "bool",
           "id": 6
          },
          "retryAtMs": {
           "type": "int64",
           "id": 7,
           "options": {
            "proto3_optional": true
           }
          },
          "foreign": {
           "type": "string",
           "id": 8,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "SchedulerExit": {
         "fields": {
          "class": {
           "type": "string",
           "id": 1
          },
          "detail": {
           "type": "string",
           "id": 2
          },
          "atMs": {
           "type": "int64",
           "id": 3
          }
         }
        },
        "GateCheck": {
         "oneofs": {
          "_remedy": {
           "oneof": [
            "remedy"
           ]
          }
         },
         "fields": {
          "id": {
           "type": "string",
           "id": 1
          },
          "check": {
           "type": "string",
           "id": 2
          },
          "verdict": {
           "type": "string",
           "id": 3
          },
          "reason": {
           "type": "string",
           "id": 4
          },
          "remedy": {
           "type": "string",
           "id": 5,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "SafeModeStatus": {
         "oneofs": {
          "_reason": {
           "oneof": [
            "reason"
           ]
          }
         },
         "fields": {
          "on": {
           "type": "bool",
           "id": 1
          },
          "sources": {
           "rule": "repeated",
           "type": "string",
           "id": 2
          },
          "reason": {
           "type": "string",
           "id": 3,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "TierStatus": {
         "fields": {
          "tier": {
           "type": "string",
           "id": 1
          },
          "pods": {
           "type": "int32",
           "id": 2
          },
          "requestMilli": {
           "type": "int64",
           "id": 3
          }
         }
        },
        "LayerStatus": {
         "oneofs": {
          "_cpus": {
           "oneof": [
            "cpus"
           ]
          },
          "_cpusUsed": {
           "oneof": [
            "cpusUsed"
           ]
          },
          "_util": {
           "oneof": [
            "util"
           ]
          }
         },
         "fields": {
          "name": {
           "type": "string",
           "id": 1
          },
          "pods": {
           "type": "int32",
           "id": 2
          },
          "cpus": {
           "type": "double",
           "id": 3,
           "options": {
            "proto3_optional": true
           }
          },
          "cpusUsed": {
           "type": "double",
           "id": 4,
           "options": {
            "proto3_optional": true
           }
          },
          "util": {
           "type": "double",
           "id": 5,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "Notice": {
         "fields": {
          "id": {
           "type": "string",
           "id": 1
          },
          "message": {
           "type": "string",
           "id": 2
          }
         }
        },
        "StockGap": {
         "oneofs": {
          "_currentMs": {
           "oneof": [
            "currentMs"
           ]
          }
         },
         "fields": {
          "count": {
           "type": "int64",
           "id": 1
          },
          "totalMs": {
           "type": "int64",
           "id": 2
          },
          "currentMs": {
           "type": "int64",
           "id": 3,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "Versions": {
         "oneofs": {
          "_scheduler": {
           "oneof": [
            "scheduler"
           ]
          },
          "_kernel": {
           "oneof": [
            "kernel"
           ]
          }
         },
         "fields": {
          "agent": {
           "type": "string",
           "id": 1
          },
          "scheduler": {
           "type": "string",
           "id": 2,
           "options": {
            "proto3_optional": true
           }
          },
          "kernel": {
           "type": "string",
           "id": 3,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "PodPlace": {
         "oneofs": {
          "_layer": {
           "oneof": [
            "layer"
           ]
          }
         },
         "fields": {
          "uid": {
           "type": "string",
           "id": 1
          },
          "namespace": {
           "type": "string",
           "id": 2
          },
          "name": {
           "type": "string",
           "id": 3
          },
          "tier": {
           "type": "string",
           "id": 4
          },
          "reason": {
           "type": "string",
           "id": 5
          },
          "layer": {
           "type": "string",
           "id": 6,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "GetLayeredConfigRequest": {
         "fields": {}
        },
        "GetLayeredConfigResponse": {
         "oneofs": {
          "_matching": {
           "oneof": [
            "matching"
           ]
          }
         },
         "fields": {
          "inForce": {
           "type": "bool",
           "id": 1
          },
          "generation": {
           "type": "int64",
           "id": 2
          },
          "matching": {
           "type": "string",
           "id": 3,
           "options": {
            "proto3_optional": true
           }
          },
          "hash": {
           "type": "string",
           "id": 4
          },
          "shape": {
           "type": "string",
           "id": 5
          },
          "layersJson": {
           "type": "string",
           "id": 6
          },
          "members": {
           "rule": "repeated",
           "type": "Member",
           "id": 7
          }
         }
        },
        "Member": {
         "fields": {
          "cgroupId": {
           "type": "string",
           "id": 1
          },
          "layer": {
           "type": "int32",
           "id": 2
          }
         }
        },
        "PodRef": {
         "fields": {
          "uid": {
           "type": "string",
           "id": 1
          },
          "namespace": {
           "type": "string",
           "id": 2
          },
          "name": {
           "type": "string",
           "id": 3
          }
         }
        },
        "SetQosRequest": {
         "fields": {
          "pod": {
           "type": "PodRef",
           "id": 1
          },
          "tier": {
           "type": "string",
           "id": 2
          }
         }
        },
        "SetQosResponse": {
         "fields": {
          "change": {
           "type": "QosChange",
           "id": 1
          }
         }
        },
        "ClearQosRequest": {
         "fields": {
          "pod": {
           "type": "PodRef",
           "id": 1
          }
         }
        },
        "ClearQosResponse": {
         "fields": {
          "change": {
           "type": "QosChange",
           "id": 1
          }
         }
        },
        "QosChange": {
         "oneofs": {
          "_before": {
           "oneof": [
            "before"
           ]
          }
         },
         "fields": {
          "uid": {
           "type": "string",
           "id": 1
          },
          "namespace": {
           "type": "string",
           "id": 2
          },
          "name": {
           "type": "string",
           "id": 3
          },
          "before": {
           "type": "string",
           "id": 4,
           "options": {
            "proto3_optional": true
           }
          },
          "tier": {
           "type": "string",
           "id": 5
          }
         }
        },
        "ReloadSchedulerRequest": {
         "fields": {}
        },
        "ReloadSchedulerResponse": {
         "fields": {
          "wasLatched": {
           "type": "bool",
           "id": 1
          },
          "generation": {
           "type": "int64",
           "id": 2
          }
         }
        },
        "SetSafeModeRequest": {
         "oneofs": {
          "_on": {
           "oneof": [
            "on"
           ]
          }
         },
         "fields": {
          "on": {
           "type": "bool",
           "id": 1,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "SetSafeModeResponse": {
         "fields": {
          "changed": {
           "type": "bool",
           "id": 1
          },
          "safeMode": {
           "type": "SafeModeStatus",
           "id": 2
          }
         }
        },
        "ExplainRequest": {
         "fields": {
          "pod": {
           "type": "PodRef",
           "id": 1
          }
         }
        },
        "ExplainResponse": {
         "fields": {
          "node": {
           "type": "string",
           "id": 1
          },
          "pod": {
           "type": "PodExplanation",
           "id": 2
          },
          "lines": {
           "rule": "repeated",
           "type": "string",
           "id": 3
          }
         }
        },
        "PodExplanation": {
         "oneofs": {
          "_layerReason": {
           "oneof": [
            "layerReason"
           ]
          },
          "_disbelieved": {
           "oneof": [
            "disbelieved"
           ]
          },
          "_limitMilli": {
           "oneof": [
            "limitMilli"
           ]
          },
          "_override": {
           "oneof": [
            "override"
           ]
          },
          "_cgroup": {
           "oneof": [
            "cgroup"
           ]
          }
         },
         "fields": {
          "place": {
           "type": "PodPlace",
           "id": 1
          },
          "layerReason": {
           "type": "string",
           "id": 2,
           "options": {
            "proto3_optional": true
           }
          },
          "qos": {
           "type": "string",
           "id": 3
          },
          "requestMilli": {
           "type": "int64",
           "id": 4
          },
          "specMilli": {
           "type": "int64",
           "id": 5
          },
          "disbelieved": {
           "type": "string",
           "id": 6,
           "options": {
            "proto3_optional": true
           }
          },
          "limitMilli": {
           "type": "int64",
           "id": 7,
           "options": {
            "proto3_optional": true
           }
          },
          "override": {
           "type": "string",
           "id": 8,
           "options": {
            "proto3_optional": true
           }
          },
          "cgroup": {
           "type": "string",
           "id": 9,
           "options": {
            "proto3_optional": true
           }
          }
         }
        },
        "CaptureTraceRequest": {
         "fields": {
          "durationMs": {
           "type": "int32",
           "id": 1
          }
         }
        },
        "CaptureTraceResponse": {
         "fields": {
          "chunk": {
           "type": "bytes",
           "id": 1
          }
         }
        }
       }
      }
     }
    }
   }
  }
 }
};
